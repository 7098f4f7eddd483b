import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from model_samples import graph_of, sample

from lstm_sentiment_cli.atomic import restore_all
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.folder import load_artifact, load_for_inference, save_artifact
from lstm_sentiment_cli.model.manifest import FILES

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals and limits of POSIX")


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run Python code or a file of this folder in a process of its own."""
    command = [HERE / script] if script.endswith(".py") else ["-c", script]
    return subprocess.run(
        [sys.executable, *map(str, [*command, *arguments])],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}"},
        capture_output=True,
        text=True,
        check=False,
    )


def stops(folder: Path, how: str, by: str) -> list[dict[str, Any]]:
    done = run("killed_saves.py", folder, how, by)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def seen(found: list[dict[str, Any]], event: str) -> int:
    return sum(stop["about"].startswith(event) for stop in found)


@posix
def test_killed_replacement_leaves_the_old_or_the_new_model(tmp_path):
    found = stops(tmp_path, "replace", "SIGKILL")

    left = [stop["left"] for stop in found]
    # Until some step the old one, from then on the new one, and never anything else.
    assert left == sorted(left, reverse=True)
    assert set(left) == {"old", "new"}
    assert {stop["after"] for stop in found} == {"later"}
    for stop in found:
        assert stop["names_after"] == ["mine"]
    # The hook saw what a replacement is made of; otherwise nothing was tested.
    assert seen(found, "os.rename") == 3
    assert seen(found, "fsync") >= len(FILES) + 1
    assert seen(found, "os.mkdir") > 0
    assert seen(found, "shutil.rmtree") > 0


@posix
def test_killed_first_save_leaves_nothing_or_the_new_model(tmp_path):
    found = stops(tmp_path, "new", "SIGKILL")

    left = [stop["left"] for stop in found]
    assert left == sorted(left, key=lambda model: model == "new")
    assert set(left) == {None, "new"}
    assert {stop["after"] for stop in found} == {"later"}


@posix
@pytest.mark.parametrize(("how", "before"), [("replace", "old"), ("new", None)])
def test_interrupted_save_leaves_no_half_of_the_new_model(tmp_path, how, before):
    found = stops(tmp_path, how, "SIGINT")

    assert {stop["left"] for stop in found} == {before, "new"}
    assert {stop["after"] for stop in found} == {"later"}
    for stop in found:
        if stop["left"] == before:
            assert stop["names"] == (["mine"] if before else [])


def test_leftover_of_a_killed_replacement_is_restored(tmp_path):
    folder = save_artifact(sample(b"old"), tmp_path / "mine")
    folder.rename(tmp_path / ".mine.replaced")

    assert load_artifact(folder) == sample(b"old")
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]


def test_leftover_beside_the_new_model_is_removed_by_the_next_save(tmp_path):
    folder = save_artifact(sample(b"new"), tmp_path / "mine")
    save_artifact(sample(b"old"), tmp_path / ".mine.replaced")

    assert load_artifact(folder) == sample(b"new")
    save_artifact(sample(b"newer"), folder, force=True)

    assert load_artifact(folder) == sample(b"newer")
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]


def test_leftover_counts_as_the_model_that_force_is_needed_for(tmp_path):
    save_artifact(sample(b"old"), tmp_path / ".mine.replaced")

    with pytest.raises(SentimentError, match="--force"):
        save_artifact(sample(b"new"), tmp_path / "mine")

    assert load_artifact(tmp_path / "mine") == sample(b"old")


def test_restore_all_puts_back_whatever_is_missing_and_nothing_else(tmp_path):
    save_artifact(sample(b"a"), tmp_path / ".a.replaced")
    save_artifact(sample(b"new"), tmp_path / "b")
    save_artifact(sample(b"b"), tmp_path / ".b.replaced")
    (tmp_path / ".replaced").mkdir()

    restore_all(tmp_path)

    names = {entry.name for entry in tmp_path.iterdir()}
    assert names == {".b.replaced", ".replaced", "a", "b"}
    assert load_artifact(tmp_path / "b") == sample(b"new")


@posix
def test_what_a_kill_left_is_removed_and_a_save_under_way_is_not(tmp_path):
    import fcntl

    for name in (".mine.1001.tmp", ".mine.1002.tmp", ".mine.1003.old.tmp", ".yours.1004.tmp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.onnx").write_bytes(b"half")
    under_way = os.open(tmp_path / ".mine.1002.tmp", os.O_RDONLY)
    try:
        fcntl.flock(under_way, fcntl.LOCK_EX)
        save_artifact(sample(), tmp_path / "mine")
    finally:
        os.close(under_way)

    names = {entry.name for entry in tmp_path.iterdir()}
    assert names == {".mine.1002.tmp", ".yours.1004.tmp", "mine"}


def test_loading_while_another_replaces_gives_old_or_new_and_hinders_no_save(tmp_path):
    folder = save_artifact(sample(b"0"), tmp_path / "mine")
    done = threading.Event()
    graphs: set[bytes] = set()
    refusals: list[str] = []

    def load() -> None:
        while not done.is_set():
            try:
                graphs.add(load_for_inference(folder).graph)
            except SentimentError as error:
                refusals.append(str(error))

    loaders = [threading.Thread(target=load) for _ in range(2)]
    for loader in loaders:
        loader.start()
    saved = [b"%d" % number for number in range(1, 40)]
    try:
        for name in saved:
            save_artifact(sample(name), folder, force=True)
    finally:
        done.set()
        for loader in loaders:
            loader.join()

    assert len(graphs) > 1
    assert graphs <= {graph_of(name) for name in (b"0", *saved)}
    assert not any("\n" in refusal for refusal in refusals)
    assert load_artifact(folder) == sample(saved[-1])
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]


SAVE_BIG = """
import sys
from pathlib import Path
from model_samples import sample
from lstm_sentiment_cli.errors import SentimentError
from lstm_sentiment_cli.model.folder import save_artifact
{before}
try:
    save_artifact(sample(bytes(200_000)), Path(sys.argv[1]), force=True)
except SentimentError as error:
    print(error)
"""
LIMITED = SAVE_BIG.format(
    before="""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
"""
)


@posix
@pytest.mark.parametrize("existing", [True, False])
def test_file_that_cannot_be_written_to_its_end_changes_nothing(tmp_path, existing):
    folder = tmp_path / "mine"
    if existing:
        save_artifact(sample(b"old"), folder)

    done = run(LIMITED, folder)

    assert done.stdout == (
        f"cannot write {folder}: File too large; free some space or choose another --output; "
        "nothing was changed\n"
    ), done.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"] * existing
    if existing:
        assert load_artifact(folder) == sample(b"old")


def tiny_disks_can_be_made() -> bool:
    probe = ["unshare", "-Urm", "sh", "-c", "mount -t tmpfs -o size=64k none /mnt"]
    try:
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not tiny_disks_can_be_made(), reason="needs leave to mount a disk of its own")
def test_full_disk_changes_nothing(tmp_path):
    before = """
import os
from lstm_sentiment_cli.model.folder import load_artifact
os.chdir(Path(sys.argv[1]).parent)
save_artifact(sample(b"old"), Path(sys.argv[1]))
"""
    after = """
assert load_artifact(Path(sys.argv[1])) == sample(b"old")
print(sorted(os.listdir()))
"""
    script = tmp_path / "script"
    script.write_text(SAVE_BIG.format(before=before) + after)
    shell = 'mount -t tmpfs -o size=128k none "$0" && exec "$1" "$2" "$0/mine"'
    (tmp_path / "disk").mkdir()

    done = subprocess.run(
        ["unshare", "-Urm", "sh", "-c", shell, tmp_path / "disk", sys.executable, script],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == (
        f"cannot write {tmp_path / 'disk' / 'mine'}: No space left on device; free some space "
        "or choose another --output; nothing was changed\n['mine']\n"
    ), done.stderr
