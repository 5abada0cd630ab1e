"""What the sender of a dead letter, or whoever runs this system, can do about it."""

from __future__ import annotations

_ADVICE = {
    "conflict": (
        "Nothing is lost: the statement that was recorded first stays. If this one says something else, or the first is not yours, "
        "send it again with a new id; if it corrects the first, void the first too."
    ),
    "undecodable": (
        "What was accepted can't be read as statements. The payload is kept: an administrator looks at it "
        "(`rekam deadletters show`), and resubmits it once the cause is mended, or its sender sends the statement again."
    ),
    "rejected by the store": (
        "The store refuses this content for good. Its sender changes what `detail` names and sends it again with a new id; an "
        "administrator resubmits it (`rekam deadletters resubmit`) if the store was at fault."
    ),
}
_OTHERWISE = (
    "The payload is kept. An administrator looks at it and resubmits it (`rekam deadletters resubmit`) once the cause is mended."
)


def advice(reason: str) -> str:
    return _ADVICE.get(reason, _OTHERWISE)
