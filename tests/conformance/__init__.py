"""ADL's conformance suite against this record store: `make conformance SUITE=/path/to/lrs-conformance-test-suite`.

The suite is a program of its own in JavaScript and is not part of this repository; `docs/conformance.md` says how to get it. What
it taught is held by our own tests as well, which run without it.
"""
