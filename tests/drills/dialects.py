"""Files as other programs write them: csv, jsonl, json, parquet; and what must come out."""

import bz2
import gzip
import json
import lzma
import zipfile
from collections.abc import Iterator, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

from tests.drills.harness import Case, LostError, run
from tests.drills.writers import GOLDEN, OUT, last_line

Texts = Sequence[str | None]  # None: the record is unreadable; the others keep their answers
_AB: Texts = ("a b", "c")

# Name of the file, its bytes, and its texts; no texts: it is refused in one line.
_TABLE: list[tuple[str, bytes, Texts | None]] = [
    ("plain.csv", b"id,text\n1,a b\n2,c\n", _AB),
    ("no-last-newline.csv", b"id,text\n1,a b\n2,c", _AB),
    ("crlf.csv", b"id,text\r\n1,a b\r\n2,c\r\n", _AB),
    ("carriage-returns.csv", b"id,text\r1,a b\r2,c\r", _AB),
    ("mark.csv", b"\xef\xbb\xbfid,text\n1,a b\n2,c\n", _AB),
    ("utf-16.csv", "id,text\n1,a b\n2,c\n".encode("utf-16"), _AB),
    ("utf-16-without-mark.csv", "id,text\n1,a b\n2,c\n".encode("utf-16-le"), _AB),
    ("blank-lines.csv", b"id,text\n\n1,a b\n\n2,c\n\n", _AB),
    ("all-quoted.csv", b'"id","text"\n"1","a b"\n"2","c"\n', _AB),
    ("doubled-quotes.csv", b'id,text\n1,"a ""b"""\n', ['a "b"']),
    ("newline-in-quotes.csv", b'id,text\n1,"a\nb"\n2,c\n', ["a\nb", "c"]),
    ("crlf-in-quotes.csv", b'id,text\r\n1,"a\r\nb"\r\n2,c\r\n', ["a\r\nb", "c"]),
    ("comma-in-quotes.csv", b'id,text\n1,"a, b"\n', ["a, b"]),
    ("quote-inside.csv", b'id,text\n1,a "b" c\n', ['a "b" c']),
    ("quote-begins.csv", b'text,id\n"a" b,1\nc,2\n', ["a b", "c"]),
    ("backslash-quote.csv", b'id,text\n1,"a \\"b\\", c"\n2,d\n', ['a "b", c', "d"]),
    ("carriage-return-inside.csv", b"id,text\n1,a\rb\n2,c\n", ["a\rb", "c"]),
    ("too-many.csv", b"id,text\n1,a b,x\n2,c\n", [None, "c"]),
    ("too-few.csv", b"id,text\n1\n2,c\n", [None, "c"]),
    ("excel.csv", b"text,,\na b,,\nc,,\n", _AB),
    ("same-names.csv", b"id,id,text\n1,2,a b\n3,4,c\n", _AB),
    ("two-texts.csv", b"text,text\na,b\n", None),
    ("no-text.csv", b"id,body\n1,a\n", None),
    ("spaces.csv", b"id, text\n1, a b\n2, c\n", [" a b", " c"]),
    ("empty-text.csv", b"id,text\n1,\n2,c\n", ["", "c"]),
    ("header-only.csv", b"id,text\n", []),
    ("empty.csv", b"", []),
    ("open-quote.csv", b'id,text\n1,"a b\n2,c\n', [None, "c"]),
    ("nul.csv", b"id,text\n1,a\0b\n2,c\n", ["a\0b", "c"]),
    ("gzip.csv.gz", gzip.compress(b"id,text\n1,a b\n2,c\n"), _AB),
    ("bzip2.csv.bz2", bz2.compress(b"id,text\n1,a b\n2,c\n"), _AB),
    ("xz.csv.xz", lzma.compress(b"id,text\n1,a b\n2,c\n"), _AB),
    ("gzip-in-disguise.csv", gzip.compress(b"id,text\n1,a b\n2,c\n"), None),
    ("cut.csv.gz", gzip.compress(b"id,text\n" + bytes(range(48, 58)) * 9)[:-9], None),
    ("empty.csv.gz", b"", None),
    ("tabs.tsv", b"id\ttext\n1\ta b\n2\tc\n", _AB),
    ("escaped.tsv", b"id\ttext\n1\ta\\tb\\nc\\\\d\n", [r"a\tb\nc\\d"]),
    ("quotes.tsv", b'id\ttext\n1\t"a\n2\tb"\n', ['"a', 'b"']),
    ("plain.jsonl", b'{"text": "a b"}\n{"text": "c"}\n', _AB),
    ("crlf.jsonl", b'{"text": "a b"}\r\n{"text": "c"}\r\n', _AB),
    ("mark.jsonl", b'\xef\xbb\xbf{"text": "a b"}\n{"text": "c"}\n', _AB),
    ("no-last-newline.jsonl", b'{"text": "a b"}\n{"text": "c"}', _AB),
    ("blank-lines.jsonl", b'{"text": "a b"}\n\n{"text": "c"}\n', _AB),
    ("escapes.jsonl", rb'{"text": "caf\u00e9 \ud83d\ude00\n"}', ["café 😀\n"]),
    ("surrogate.jsonl", rb'{"text": "a \ud800"}', ["a �"]),
    ("nulls.jsonl", b'{"text": null}\n{"text": "c"}\n', [None, "c"]),
    ("missing.jsonl", b'{"text": "c"}\n{"id": 1}\n', ["c", None]),
    ("number.jsonl", b'{"text": 7}\n{"text": "c"}\n', [None, "c"]),
    ("broken.jsonl", b'{"text": "a"\n{"text": "c"}\n', [None, "c"]),
    ("list.jsonl", b'["a"]\n{"text": "c"}\n', [None, "c"]),
    ("deep.jsonl", b'{"x": ' + b"[" * 99999 + b'}\n{"text": "c"}\n', [None, "c"]),
    ("digits.jsonl", b'{"id": ' + b"9" * 9999 + b', "text": "a b"}\n{"text": "c"}\n', [None, "c"]),
    ("nan.jsonl", b'{"id": NaN, "text": "a b"}\n{"text": "c"}\n', _AB),
    ("columns-differ.jsonl", b'{"text": "a b"}\n{"x": 1, "text": "c"}\n', _AB),
    ("array.json", b'[{"text": "a b"}, {"text": "c"}]', _AB),
    ("array-on-lines.json", b'[\n {"text": "a b"},\n {"text": "c"}\n]\n', _AB),
    ("lines.json", b'{"text": "a b"}\n{"text": "c"}\n', _AB),
    ("empty-array.json", b"[]", []),
    ("number.json", b"7", None),
    ("lines.txt", b"a b\nc\n", _AB),
    ("nul.txt", b"a\0b\n", ["a\0b"]),
    ("invalid.txt", b"caf\xe9\nc\n", ["caf�", "c"]),
    ("sheet.xlsx", b"PK\x03\x04" + bytes(60), None),
    ("page.pdf", b"%PDF-1.7\n", None),
    ("not.parquet", b"PAR1 no", None),
]


def cases() -> Iterator[Case]:
    """Yield a case for each file and each format of the output."""
    for name, content, texts in [*_TABLE, *_archives(), *_parquet_files()]:
        kind = name.removesuffix(".gz").rpartition(".")[2]
        for output in ("jsonl", "parquet")[: 1 if "json" in kind else 2]:
            attempt = partial(_read, name, content, texts, output)
            yield Case("files of other programs", kind, f"{name} → {output}", attempt)


def _archives() -> Iterator[tuple[str, bytes, Texts | None]]:
    for name, members, texts in (
        ("one.csv.zip", ["one.csv"], _AB),
        ("two.csv.zip", ["one.csv", "two.csv"], None),
        ("none.csv.zip", [], None),
    ):
        content = BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for member in members:
                archive.writestr(member, "id,text\n1,a b\n2,c\n")
        yield name, content.getvalue(), texts


def _parquet_files() -> Iterator[tuple[str, bytes, Texts | None]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    ab, maps = ["a b", "c"], pa.map_("string", "int8")
    for name, columns, texts in (
        ("string", {"text": pa.array(ab)}, _AB),
        ("large-string", {"text": pa.array(ab, pa.large_string())}, _AB),
        ("dictionary", {"text": pa.array(ab).dictionary_encode()}, _AB),
        ("binary", {"text": pa.array([b"a b", b"c"])}, _AB),
        ("invalid-binary", {"text": pa.array([b"caf\xe9", b"c"])}, ["caf�", "c"]),
        ("nulls", {"text": pa.array([None, "c"])}, [None, "c"]),
        ("numbers", {"text": pa.array([1, 2])}, [None, None]),
        ("no-rows", {"text": pa.array([], pa.string())}, []),
        ("no-text", {"body": pa.array(ab), "id": pa.array(ab)}, None),
        ("lists", {"text": pa.array(ab), "x": pa.array([[1], None])}, _AB),
        ("maps", {"text": pa.array(ab), "x": pa.array([[("k", 1)], []], maps)}, _AB),
        ("unsigned", {"text": pa.array(ab), "x": pa.array([2**63, 1], pa.uint64())}, _AB),
        ("nanoseconds", {"text": pa.array(ab), "x": pa.array([1, 2], pa.timestamp("ns"))}, _AB),
    ):  # fmt: skip
        content = BytesIO()
        pq.write_table(pa.table(columns), content)
        yield f"{name}.parquet", content.getvalue(), texts


def _read(name: str, content: bytes, texts: Texts | None, output: str, folder: Path) -> None:
    work = folder / "work"
    (work / OUT).mkdir(parents=True)
    (work / name).write_bytes(content)
    ended = run(["predict", "-q", "-m", GOLDEN, "-i", name, "-o", f"out/a.{output}"], work)
    if ended.code == 1 and texts is None:
        if len(ended.err.splitlines()) != 1:
            raise LostError(f"is refused in several lines: {ended.err}")
        return
    rows = _rows(work / OUT / f"a.{output}") if ended.code in {0, 3} else []
    read = [row["predicted"] and row.get("text", row.get(" text")) for row in rows]
    # A binary column stays one.
    found = [each.decode(errors="replace") if isinstance(each, bytes) else each for each in read]
    if texts is None or ended.code not in {0, 3} or found != list(texts):
        raise LostError(f"{found} instead of {texts}: {ended.code} {last_line(ended.err)}")


def _rows(path: Path) -> list[dict[str, object]]:
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().split("\n")[:-1]]
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    # Python has no nanoseconds: the other columns are not looked at.
    kept = [name for name in table.column_names if name.strip() in {"text", "predicted"}]
    rows: list[dict[str, object]] = table.select(kept).to_pylist()
    return rows
