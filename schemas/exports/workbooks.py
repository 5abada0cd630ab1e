"""A table as an xlsx workbook (ECMA-376) that is sent while it is written: each row once, whole rows only, nothing on disk.

Libraries that write workbooks give the first byte when the last row is known. Here the sheet is deflated row by row into a zip
without known sizes (data descriptors), texts stand in their cells, and what lists the sheets comes last.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from typing import Final
from xml.sax.saxutils import escape, quoteattr

Cell = str | int | Decimal | date | None
"""What stands in a cell."""
Row = tuple[Cell, ...]

MOST_ROWS: Final = 1_048_575
"""A sheet has so many rows below its header; what is more goes into a further sheet."""
LONGEST_TEXT: Final = 32_767
"""Characters in a cell."""
_BLOCK: Final = 64 * 1024
_ROWS_AT_ONCE: Final = 100
_LEVEL: Final = 3
"""Of compression: a third of the time of zlib's usual 6, for a few per cent more."""
_DAY_ZERO: Final = date(1899, 12, 30).toordinal()
"""Sheets count days from here."""
_FIRST_DAY: Final = date(1900, 3, 1)
"""Before it they count otherwise, and before 1900 not at all."""
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What readers of ST_Xstring would take for the escape of a character (ECMA-376 part 1, 22.9.2.19)."""
_BOLD, _DAY = 1, 2
"""Numbers of the styles below."""

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_SHEET = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)


class _Outgoing:
    """What the zip writes, until it is taken. It cannot be sought in, which makes the zip one that can be sent as it grows."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """There is nothing behind it."""

    def close(self) -> None:
        """What it holds may still be taken."""

    def __len__(self) -> int:
        return len(self._held)

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken


def workbook(headers: Sequence[str], rows: Iterable[Row], title: str, *, most_rows: int = MOST_ROWS) -> Iterator[bytes]:
    """The workbook in pieces. `title` names its sheet; the header is bold and stays in view. What `rows` raises comes out of the
    iteration, and what was given out until then is no workbook."""
    outgoing = _Outgoing()
    remaining = iter(rows)
    sheets: list[str] = []
    # Not as a context manager: it would write the zip's directory, and make a whole file of half a one, when `rows` fails.
    package = zipfile.ZipFile(outgoing, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
    first = next(remaining, None)
    while first is not None or not sheets:
        sheets.append(_sheet_name(title, len(sheets)))
        of_sheet = islice(chain(() if first is None else (first,), remaining), most_rows)
        with package.open(f"xl/worksheets/sheet{len(sheets)}.xml", "w", force_zip64=True) as sheet:
            sheet.write((_SHEET + _header(headers)).encode())
            while some := "".join(map(_row, islice(of_sheet, _ROWS_AT_ONCE))):
                sheet.write(some.encode())
                if len(outgoing) >= _BLOCK:
                    yield outgoing.take()
            sheet.write(b"</sheetData></worksheet>")
        first = next(remaining, None)
    _describe(package, sheets)
    package.close()
    yield outgoing.take()


def _sheet_name(title: str, place: int) -> str:
    """At most 31 characters, as sheets may have."""
    more = f" {place + 1}" if place else ""
    return f"{title[: 31 - len(more)]}{more}"


def _header(headers: Sequence[str]) -> str:
    return f"<row>{''.join(_text(header, _BOLD) for header in headers)}</row>"


def _row(row: Row) -> str:
    return f"<row>{''.join(map(_cell, row))}</row>"


def _cell(value: Cell) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        if value < _FIRST_DAY:
            return _text(value.isoformat())
        return f'<c s="{_DAY}"><v>{value.toordinal() - _DAY_ZERO}</v></c>'
    return f"<c><v>{value:f}</v></c>" if isinstance(value, Decimal) else f"<c><v>{value}</v></c>"


def _text(value: str, style: int = 0) -> str:
    """As text whatever it looks like: what begins with `=` is no formula. Characters that XML has not are shown as U+FFFD."""
    if len(value) > LONGEST_TEXT:
        value = f"{value[: LONGEST_TEXT - 1]}…"
    styled = f' s="{style}"' if style else ""
    shown = escape(_ESCAPE_LIKE.sub("_x005F_", _NO_XML.sub("\ufffd", value)), {"\r": "&#13;"})
    return f'<c{styled} t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _describe(package: zipfile.ZipFile, sheets: Sequence[str]) -> None:
    numbered = list(enumerate(sheets, start=1))
    package.writestr("xl/styles.xml", _STYLES)
    listed = "".join(f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>' for number, name in numbered)
    package.writestr(
        "xl/workbook.xml", f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>'
    )
    parts = [f"worksheets/sheet{number}.xml" for number, _ in numbered]
    package.writestr("xl/_rels/workbook.xml.rels", _relations([*(("worksheet", part) for part in parts), ("styles", "styles.xml")]))
    package.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
    kinds = [("workbook", f"{_TYPES}.sheet.main+xml"), ("styles", f"{_TYPES}.styles+xml")]
    kinds += [(part.removesuffix(".xml"), f"{_TYPES}.worksheet+xml") for part in parts]
    overrides = "".join(f'<Override PartName="/xl/{name}.xml" ContentType="{kind}"/>' for name, kind in kinds)
    package.writestr(
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="'
        f'application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'
