"""A file is there whole or not at all, whatever ends the writing.

Model folders are killed in tests/model/test_folder_replacing.py.
"""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lstm_sentiment_cli.atomic import (
    AtomicFile,
    atomic_write,
    check_writable,
    is_forbidden,
    remove_file,
    restore,
    write_folder,
    writing,
)
from lstm_sentiment_cli.errors import SentimentError

ROOT = Path(__file__).parent.parent
OTHERWISE = "or name another file"
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs permissions of POSIX")


@pytest.fixture(autouse=True)
def _usual_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path):
    return path.stat().st_mode & 0o777


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "out.tsv"

    with AtomicFile(path, OTHERWISE) as new:
        new.write(b"one ")
        new.write(b"two")
        assert [each.name for each in tmp_path.iterdir()] == [f".out.tsv.{os.getpid()}.tmp"]

    assert path.read_bytes() == b"one two"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_discarded_was_never_there(tmp_path):
    new = AtomicFile(tmp_path / "out.tsv", OTHERWISE)
    new.write(b"one")

    new.discard()
    new.write(b"what a writer still had to say")
    new.discard()

    assert list(tmp_path.iterdir()) == []


def test_what_was_flushed_can_be_read_before_it_has_its_name(tmp_path):
    with AtomicFile(tmp_path / "out.tsv", OTHERWISE) as new:
        new.write(b"checked")
        new.file.flush()

        assert new.sibling.read_bytes() == b"checked"
        assert not (tmp_path / "out.tsv").exists()

    assert (tmp_path / "out.tsv").read_bytes() == b"checked"


def write_half(path, error):
    with AtomicFile(path, OTHERWISE) as new:
        new.file.write(b"half")
        raise error


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt(), SystemExit(1)])
def test_any_error_leaves_the_old_file_and_no_sibling(tmp_path, error):
    path = tmp_path / "out.tsv"
    path.write_bytes(b"old")

    with pytest.raises(type(error)):
        write_half(path, error)

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_the_system_says_is_one_helpful_line(tmp_path):
    path = tmp_path / "out.tsv"
    path.write_bytes(b"old")

    with pytest.raises(
        SentimentError,
        match=r"^cannot write .*out\.tsv: No space left on device; free some space or name another",
    ):
        write_half(path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "free some space or"),
        (errno.EFBIG, "free some space or"),
        (errno.EACCES, "make it writable or"),
        (errno.EROFS, "make it writable or"),
        (errno.ENOENT, "create its folder or"),
        (errno.ENAMETOOLONG, "shorten the name or"),
    ],
)
def test_the_error_says_what_helps(number, remedy):
    error = OSError(number, os.strerror(number))

    with pytest.raises(SentimentError, match=f"{os.strerror(number)}; {remedy}"):  # noqa: SIM117
        with writing("out.tsv", "or name another file"):
            raise error

    assert is_forbidden(error) == ("writable" in remedy)


def test_a_reader_that_has_gone_is_no_error_of_the_users():
    with pytest.raises(BrokenPipeError), writing("-", OTHERWISE):
        raise BrokenPipeError


def test_a_missing_folder_is_made_when_asked_for(tmp_path):
    path = tmp_path / "new" / "folder" / "out"
    with pytest.raises(
        SentimentError, match="No such file or directory; create its folder or name"
    ):
        atomic_write(path, b"content", OTHERWISE)

    atomic_write(path, b"content", OTHERWISE, parents=True)

    assert path.read_bytes() == b"content"


@posix
def test_a_new_file_has_the_permissions_of_the_umask_or_is_private(tmp_path):
    os.umask(0o027)
    atomic_write(tmp_path / "usual", b"", OTHERWISE)
    atomic_write(tmp_path / "private", b"", OTHERWISE, private=True)

    assert mode(tmp_path / "usual") == 0o640
    assert mode(tmp_path / "private") == 0o600


@posix
@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("permissions", [0o600, 0o644, 0o666, 0o755])
def test_a_replaced_file_keeps_its_permissions(tmp_path, permissions, private):
    path = tmp_path / "out"
    path.touch()
    path.chmod(permissions)

    with AtomicFile(path, OTHERWISE, private=private) as new:
        assert mode(new.sibling) == permissions

    assert mode(path) == permissions


@posix
def test_a_link_stays_and_what_it_points_to_is_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    real, link = tmp_path / "folder" / "real", tmp_path / "link"
    link.symlink_to(real)

    for content in (b"new", b"newer"):  # also where it points to nothing yet
        atomic_write(link, content, OTHERWISE)

        assert real.read_bytes() == content
        assert link.is_symlink()
    assert list(real.parent.iterdir()) == [real]


@posix
def test_what_a_kill_left_under_the_siblings_name_is_not_written_through(tmp_path):
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / f".out.{os.getpid()}.tmp").symlink_to(tmp_path / "precious")

    atomic_write(tmp_path / "out", b"content", OTHERWISE)

    assert (tmp_path / "precious").read_bytes() == b"precious"
    assert {each.name for each in tmp_path.iterdir()} == {"out", "precious"}


@posix
def test_a_file_is_removed_with_what_killed_writers_left_of_it(tmp_path):
    for name in ("a.npz", ".a.npz.17.tmp", ".a.npz.18.tmp", ".b.npz.17.tmp"):
        (tmp_path / name).write_bytes(b"")

    remove_file(tmp_path / "a.npz")
    remove_file(tmp_path / "a.npz")

    assert [left.name for left in tmp_path.iterdir()] == [".b.npz.17.tmp"]


def test_a_disk_that_fills_up_leaves_the_old_file(tmp_path):
    import resource
    import signal

    path = tmp_path / "out"
    path.write_bytes(b"old")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    new = AtomicFile(path, OTHERWISE)
    new.write(b"waits in the buffer until the end")
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        with pytest.raises(
            SentimentError, match=r"cannot write .*: File too large; free some space"
        ):
            new.commit()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)

    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"old"]


# In a process of its own: a fork of the tests' own process would have their threads and hooks.
STOPPED = """
import contextlib, json, os, signal, sys
from pathlib import Path
from lstm_sentiment_cli.atomic import atomic_write

def write_and_be_stopped(path, before, stop):
    steps = 0
    def step():
        nonlocal steps
        steps += 1
        if steps == before:
            os.kill(os.getpid(), stop)
    def watch(event, arguments):
        if event in {"open", "os.rename", "os.chmod", "os.remove"} and "out" in str(arguments[0]):
            step()
    fsync = os.fsync
    os.fsync = lambda descriptor: (step(), fsync(descriptor))
    sys.addaudithook(watch)
    with contextlib.suppress(KeyboardInterrupt):
        atomic_write(path, b"new " * 100_000, "")
    os._exit(steps >= before)

stops = []
for before in range(1, 100):
    path = Path(sys.argv[1]) / str(before) / "out"
    path.parent.mkdir()
    path.write_bytes(b"old")
    child = os.fork()
    if not child:
        write_and_be_stopped(path, before, signal.Signals[sys.argv[2]])
    if os.waitpid(child, 0)[1] == 0:
        break
    names = sorted(each.name.replace(str(child), "PID") for each in path.parent.iterdir())
    content = path.read_bytes()
    stops.append([content[:3].decode() if len(content) in (3, 400_000) else "half", names])
json.dump(stops, sys.stdout)
"""


@posix
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_stopped_before_any_step_the_file_is_the_old_or_the_new_one(tmp_path, how):
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, tmp_path, how],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    stops = json.loads(done.stdout)
    found = [content for content, _ in stops]
    # Until some step the old one, from then on the new one, and never anything else.
    assert found == sorted(found, reverse=True)
    assert set(found) == {"old", "new"}
    assert len(stops) >= 5  # unlink, open, chmod, fsync, rename: otherwise nothing was tested
    siblings = {tuple(names) for _, names in stops} - {("out",)}
    assert siblings <= ({(".out.PID.tmp", "out")} if how == "SIGKILL" else set())


def test_a_folder_is_whole_and_its_parents_are_made(tmp_path):
    folder = tmp_path / "new" / "plots"

    write_folder(folder, {"a": b"1", "b": b"2"}, lambda _: None, OTHERWISE)

    assert {each.name: each.read_bytes() for each in folder.iterdir()} == {"a": b"1", "b": b"2"}
    assert list(folder.parent.iterdir()) == [folder]


def test_a_folder_that_may_not_be_replaced_stays(tmp_path):
    def refuse(folder):
        raise SentimentError(f"{folder} is not replaced")

    write_folder(tmp_path / "plots", {"a": b"old"}, lambda _: None, OTHERWISE)
    with pytest.raises(SentimentError, match="plots is not replaced"):
        write_folder(tmp_path / "plots", {"a": b"new"}, refuse, OTHERWISE)

    assert [each.name for each in tmp_path.iterdir()] == ["plots"]
    assert (tmp_path / "plots" / "a").read_bytes() == b"old"


@pytest.mark.parametrize(("function", "ending"), [("rename", ".replaced"), ("rmtree", ".old.tmp")])
def test_ctrl_c_when_the_new_folder_has_its_name_leaves_nothing_of_the_old_one(
    tmp_path, monkeypatch, function, ending
):
    place, pressed = shutil if function == "rmtree" else Path, []
    real = getattr(place, function)

    def interrupted(path, *arguments, **options):
        if path.name.endswith(ending) and not pressed:
            pressed.append(path)
            raise KeyboardInterrupt
        return real(path, *arguments, **options)

    write_folder(tmp_path / "plots", {"a": b"old"}, lambda _: None, OTHERWISE)
    monkeypatch.setattr(place, function, interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_folder(tmp_path / "plots", {"a": b"new"}, lambda _: None, OTHERWISE)

    assert [each.name for each in tmp_path.iterdir()] == ["plots"]
    assert (tmp_path / "plots" / "a").read_bytes() == b"new"


@posix
def test_a_link_to_a_folder_stays_and_what_it_points_to_is_replaced(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    write_folder(tmp_path / "link", {"a": b"new"}, lambda _: None, OTHERWISE)

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "a").read_bytes() == b"new"


def test_a_folder_that_a_kill_left_aside_is_put_back(tmp_path):
    (tmp_path / ".plots.replaced").mkdir()
    (tmp_path / ".plots.replaced" / "a").write_bytes(b"old")

    restore(tmp_path / "plots")

    assert (tmp_path / "plots" / "a").read_bytes() == b"old"


def test_nothing_can_be_written_below_a_file(tmp_path):
    check_writable(tmp_path / "new" / "folder")
    (tmp_path / "file").touch()

    with pytest.raises(NotADirectoryError, match="file is not a folder"):
        check_writable(tmp_path / "file" / "folder")
