"""The words of people's names, as searches see them."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = str.maketrans("", "", "'’‘`´ʼ")
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> tuple[str, ...]:
    """The words in a name or in what is searched for, in order: runs of letters and digits, without case, accents and
    apostrophes, so that `Ma'ruf Ütami, S.Kom.` is `maruf`, `utami`, `s`, `kom`."""
    folded = text.translate(_APOSTROPHES).casefold()
    if not folded.isascii():
        letters = unicodedata.normalize("NFKD", folded).casefold()
        folded = "".join(one for one in letters if unicodedata.category(one) != "Mn")
    return tuple(_WORD.findall(folded))
