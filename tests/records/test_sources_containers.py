"""Compressed files are unpacked, and what cannot be opened is said in one line."""

import bz2
import gzip
import lzma
import os
import sys
import zipfile
from functools import partial

import pytest
from record_samples import lines_of

from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.records.sources import BrokenInputError, open_source

LINES = [b"i love this", b"worst day ever", b"meh"]
COMPRESSORS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": partial(lzma.compress, preset=0)}


@pytest.mark.parametrize("ending", COMPRESSORS)
def test_containers_are_unpacked(tmp_path, ending):
    path = tmp_path / f"a.txt{ending}"
    # Several streams in a row are one file, as `cat a.gz b.gz` makes them.
    path.write_bytes(
        COMPRESSORS[ending](b"i love this\nworst ") + COMPRESSORS[ending](b"day ever\nmeh")
    )

    assert list(lines_of(open_source(str(path)))) == LINES


def test_the_only_file_of_a_zip_is_unpacked(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("folder")
        archive.writestr("folder/a.txt", b"\n".join(LINES))

    source = open_source(str(tmp_path / "a.zip"))

    assert list(lines_of(source)) == LINES
    assert source.name == "folder/a.txt"


@pytest.mark.parametrize("ending", COMPRESSORS)
def test_complete_lines_before_a_break_come_first(tmp_path, ending):
    lines = [b"%d %d" % (number, number * 7919 % 10_007) for number in range(150_000)]
    path = tmp_path / f"cut.txt{ending}"
    packed = COMPRESSORS[ending](b"\n".join(lines))
    path.write_bytes(packed[: len(packed) * 3 // 4])
    source = open_source(str(path))

    read = []
    with pytest.raises(BrokenInputError, match=r"cut\.txt.* is broken: .*make or fetch"):
        read.extend(lines_of(source))  # keeps what came before the error

    assert len(read) > 5_000
    assert read == lines[: len(read)]


@pytest.mark.parametrize("ending", COMPRESSORS)
@pytest.mark.parametrize("garbage", [b"garbage", b"\0\0\0\0garbage"], ids=["text", "after zeros"])
def test_what_is_not_packed_behind_what_is_comes_out_as_a_break(tmp_path, ending, garbage):
    path = tmp_path / f"a.txt{ending}"
    path.write_bytes(COMPRESSORS[ending](b"\n".join([*LINES, b""])) + garbage)
    source = open_source(str(path))

    assert source.take(3) == LINES
    with pytest.raises(BrokenInputError, match=r"a\.txt.* is broken"):
        source.take(1)


@pytest.mark.parametrize("ending", COMPRESSORS)
def test_zero_bytes_may_fill_up_a_container(tmp_path, ending):
    path = tmp_path / f"a.txt{ending}"
    packed = [COMPRESSORS[ending](line + b"\n") for line in LINES]
    path.write_bytes((b"\0" * 40_000).join([*packed, b""]))

    assert list(lines_of(open_source(str(path)))) == LINES


@pytest.mark.parametrize(
    "ends",
    [lambda one: one + one, lambda one: one + b"garbage", lambda one: b"garbage" + one],
    ids=["two archives", "garbage behind", "garbage before"],
)
def test_a_zip_is_one_archive_and_nothing_else(tmp_path, ends):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.comment = b"made by us"
        archive.writestr("a.txt", b"\n".join(LINES))
    one = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "b.zip").write_bytes(ends(one))
    (tmp_path / "filled.zip").write_bytes(one + b"\0" * 512)

    assert list(lines_of(open_source(str(tmp_path / "filled.zip")))) == LINES
    with pytest.raises(SentimentError, match=r"b\.zip has more than one zip archive in it"):
        open_source(str(tmp_path / "b.zip"))


@pytest.mark.parametrize("ending", COMPRESSORS)
def test_an_empty_file_is_no_container(tmp_path, ending):
    (tmp_path / f"a{ending}").touch()
    (tmp_path / f"packed{ending}").write_bytes(COMPRESSORS[ending](b""))

    assert list(lines_of(open_source(str(tmp_path / f"packed{ending}")))) == []
    with pytest.raises(SentimentError, match=r"^cannot unpack .*: it is empty; make or fetch"):
        open_source(str(tmp_path / f"a{ending}"))


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.zip"])
def test_what_is_packed_twice_or_named_wrongly_is_one_helpful_line(tmp_path, name):
    inside = gzip.compress(b"text\ngood\n")
    if name == "a.zip":
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("a.csv.gz", inside)
    else:
        (tmp_path / name).write_bytes(gzip.compress(inside) if name.endswith(".gz") else inside)

    with pytest.raises(SentimentError, match=rf"{name} holds gzip data, not text; .*unpack it f"):
        open_source(str(tmp_path / name)).take(1)


def test_a_wrong_checksum_is_told_at_the_end(tmp_path):
    packed = bytearray(gzip.compress(b"\n".join(LINES)))
    packed[-8] ^= 1
    (tmp_path / "a.gz").write_bytes(packed)
    source = open_source(str(tmp_path / "a.gz"))

    assert source.take(10) == LINES[:2]
    with pytest.raises(BrokenInputError, match="CRC"):
        source.take(10)


@pytest.mark.parametrize(
    ("ending", "kind"), [(".gz", "gzip"), (".bz2", "bz2"), (".xz", "xz"), (".zip", "zip")]
)
def test_a_file_that_is_no_container_is_one_helpful_line(tmp_path, ending, kind):
    (tmp_path / f"a.csv{ending}").write_bytes(b"text\nplain after all\n")

    with pytest.raises(SentimentError) as refused:
        list(lines_of(open_source(str(tmp_path / f"a.csv{ending}"))))

    assert str(refused.value).endswith(
        f"a.csv{ending} is not {kind} data; make or fetch it again, "
        f"or leave {ending} out of its name if it is not compressed"
    )


@pytest.mark.parametrize("ending", COMPRESSORS)
def test_a_container_that_is_cut_before_its_first_line_has_no_good_records(tmp_path, ending):
    (tmp_path / f"a{ending}").write_bytes(COMPRESSORS[ending](b"\n".join(LINES))[:10])

    with pytest.raises(SentimentError, match=r"^cannot unpack .*; make or fetch it again$"):
        list(lines_of(open_source(str(tmp_path / f"a{ending}"))))


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "must hold exactly one file, it holds 0; unpack"),
        (["a.csv", "b.csv"], r"it holds 2: a\.csv, b\.csv; unpack it and name one of them"),
    ],
)
def test_a_zip_of_any_other_number_of_files_names_them(tmp_path, names, message):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "text")

    with pytest.raises(SentimentError, match=message):
        open_source(str(tmp_path / "a.zip"))


def test_the_many_files_of_a_zip_are_not_all_listed(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(3000):
            archive.writestr(f"{number}.txt", "text")

    with pytest.raises(SentimentError, match=r"it holds 3,000: 0\.txt, .* and 2,990 more; unp"):
        open_source(str(tmp_path / "a.zip"))


def test_a_zip_with_a_password_is_one_helpful_line(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "text")
    packed = bytearray((tmp_path / "a.zip").read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(header) + flags] |= 1  # says that it is encrypted
    (tmp_path / "a.zip").write_bytes(packed)

    with pytest.raises(SentimentError, match=r"cannot unpack .*a\.zip.*encrypted"):
        open_source(str(tmp_path / "a.zip"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tweets.cvs", r"no such file: .*tweets\.cvs \(did you mean 'tweets\.csv'\?\)"),
        ("something", "no such file: .*something; check the path"),
        ("nowhere/a.csv", r"no such file: .*a\.csv; check the path"),
        ("tweets.csv/a.csv", r"(cannot read|no such file).*a\.csv.*; check the path"),
        (".", "is a folder; name the files in it"),
    ],
)
def test_what_cannot_be_opened_is_one_helpful_line(tmp_path, name, message):
    (tmp_path / "tweets.csv").write_text("text\n")

    with pytest.raises(SentimentError, match=message):
        open_source(str(tmp_path / name))


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="everything may be read here"
)
def test_a_file_without_permission_is_one_helpful_line(tmp_path):
    (tmp_path / "a.csv").touch(mode=0o000)

    with pytest.raises(SentimentError, match="no permission to read"):
        open_source(str(tmp_path / "a.csv"))
