"""Rows of our own, a line each, as csv and tsv."""

from collections.abc import Sequence

_QUOTED = frozenset(',"\r\n')
_TSV_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def csv_row(cells: Sequence[str]) -> bytes:
    r"""Return a line of csv: ("so, so", "good") → b'"so, so",good\n'.

    Python's own writer leaves a lone carriage return unquoted before 3.13.
    """
    quoted = (
        '"' + cell.replace('"', '""') + '"' if not _QUOTED.isdisjoint(cell) else cell
        for cell in cells
    )
    return (",".join(quoted) + "\n").encode(errors="replace")


def tsv_row(cells: Sequence[str]) -> bytes:
    r"""Return a line of tsv, with tabs and ends of lines escaped: ("a\tb", "") → b"a\\tb\t\n"."""
    escaped = (cell.translate(_TSV_ESCAPES) for cell in cells)
    return ("\t".join(escaped) + "\n").encode(errors="replace")
