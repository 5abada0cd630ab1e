"""The demonstration: a ministry that does not exist, its employees and posts, a catalogue, and what four partners send about them.

Pure and deterministic: one seed gives the same files and the same statements, ids and timestamps included, for ever, so sending
them twice adds nothing. All names, numbers and addresses are invented; a likeness is chance.
"""

from samples.demo.files import write_files
from samples.demo.people import Person, people, showcase
from samples.demo.statements import PartnerBatch, demo_batches, demo_requests
from samples.demo.telling import NIP_HOME_PAGE

SEED = 2026

__all__ = [
    "NIP_HOME_PAGE",
    "SEED",
    "PartnerBatch",
    "Person",
    "demo_batches",
    "demo_requests",
    "people",
    "showcase",
    "write_files",
]
