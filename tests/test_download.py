"""Downloads from a real server on this machine: whole, broken off, changed, refused."""

import hashlib
import json
import random
import socket
import sys

import pytest

from lstm_sentiment_cli.datasets import download, forget
from lstm_sentiment_cli.errors import SentimentError
from tests.loopback import serving

pytest.importorskip("httpx")

CONTENT = random.Random(1).randbytes(300_000)
OTHER = random.Random(2).randbytes(280_000)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def site():
    with serving(CONTENT) as site:
        yield site


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.part"


def get(site, path, retries=0):
    """Download without waiting between tries; return what was said and shown."""
    said, shown = [], []
    waits = [0.0] * retries
    download(
        site.url,
        path,
        on_progress=lambda *step: shown.append(step),
        say=said.append,
        retry_seconds=waits,
    )
    return said, shown


def break_off(site, path, after):
    """Leave what a run leaves whose connection broke."""
    site.cuts = [after]
    with pytest.raises(SentimentError):
        get(site, path)


def test_whole(site, path):
    said, shown = get(site, path)

    assert path.read_bytes() == CONTENT
    assert said == []
    assert shown[-1] == (len(CONTENT), len(CONTENT))
    assert shown == sorted(set(shown))
    assert [(each.range, each.sent) for each in site.requests] == [(None, len(CONTENT))]


def test_a_dropped_connection_is_taken_up_where_it_broke(site, path):
    site.cuts = [100_000, 250_000]

    said, shown = get(site, path, retries=2)

    assert path.read_bytes() == CONTENT
    assert [each.range for each in site.requests] == [None, "bytes=100000-", "bytes=250000-"]
    assert [each.sent for each in site.requests] == [100_000, 150_000, 50_000]
    assert len(said) == 2
    assert "trying again in 0 s" in said[0]
    assert shown[-1] == (len(CONTENT), len(CONTENT))


def test_a_broken_download_is_kept_and_a_later_run_asks_for_the_rest_only(site, path):
    site.cuts = [120_000]
    with pytest.raises(SentimentError, match=r"120,000 bytes kept; run the same command"):
        get(site, path)
    assert path.read_bytes() == CONTENT[:120_000]

    get(site, path)

    assert path.read_bytes() == CONTENT
    last = site.requests[-1]
    assert (last.range, last.if_range, last.sent) == ("bytes=120000-", '"one"', 180_000)


def test_always_truncated_ends_in_one_line(site, path):
    site.cuts, site.ranges = [1000] * 9, False

    with pytest.raises(SentimentError, match=r"^cannot fetch http.*peer closed") as error:
        get(site, path, retries=2)

    assert "\n" not in str(error.value)
    # Once it is known that the server sends no parts, none is asked for.
    assert [each.range for each in site.requests] == [None, "bytes=1000-", None, None]


def test_what_is_already_whole_is_not_asked_for_again(site, path):
    get(site, path)

    get(site, path)

    assert len(site.requests) == 1


@pytest.mark.parametrize("heeds_if_range", [True, False])
def test_a_file_that_has_changed_is_begun_anew(site, path, heeds_if_range):
    break_off(site, path, after=100_000)
    site.content, site.etag, site.heeds_if_range = OTHER, '"two"', heeds_if_range

    get(site, path)

    assert path.read_bytes() == OTHER


def test_a_file_of_another_size_is_begun_anew_whatever_its_etag(site, path):
    break_off(site, path, after=100_000)
    site.content = OTHER

    get(site, path)

    assert path.read_bytes() == OTHER


def test_a_server_without_ranges_sends_everything_again(site, path):
    site.ranges = False
    break_off(site, path, after=100_000)

    get(site, path)

    assert path.read_bytes() == CONTENT
    assert site.requests[-1].range is None


@pytest.mark.parametrize(
    ("etag", "last_modified", "asked"),
    [
        ('W/"weak"', "Sat, 13 Jun 2009 00:00:00 GMT", "Sat, 13 Jun 2009 00:00:00 GMT"),
        (None, "Sat, 13 Jun 2009 00:00:00 GMT", "Sat, 13 Jun 2009 00:00:00 GMT"),
        (None, None, None),
        ('W/"weak"', None, None),
    ],
)
def test_the_rest_is_asked_for_by_a_strong_validator_or_not_at_all(
    site, path, etag, last_modified, asked
):
    site.etag, site.last_modified = etag, last_modified
    break_off(site, path, after=100_000)

    get(site, path)

    assert path.read_bytes() == CONTENT
    assert site.requests[-1].if_range == asked
    assert site.requests[-1].range == ("bytes=100000-" if asked else None)


def test_another_address_is_another_file(site, path):
    break_off(site, path, after=100_000)
    site.url += "?other"

    get(site, path)

    assert path.read_bytes() == CONTENT
    assert site.requests[-1].range is None


@pytest.mark.parametrize("note", ["", "{}", "[1]", '{"url": 1', "\x00"])
def test_a_note_that_cannot_be_understood_is_no_note(site, path, note):
    break_off(site, path, after=100_000)
    path.with_name("file.part.json").write_text(note)

    get(site, path)

    assert path.read_bytes() == CONTENT
    assert site.requests[-1].range is None


def test_not_found_is_one_line_at_once_and_leaves_nothing(site, path):
    site.statuses = [404]

    with pytest.raises(SentimentError, match=r"404 Not Found; name another address with --url"):
        get(site, path, retries=3)

    assert len(site.requests) == 1
    assert list(path.parent.iterdir()) == []


def test_not_found_keeps_what_came_before(site, path):
    break_off(site, path, after=100_000)
    site.statuses = [404, 404]

    with pytest.raises(SentimentError, match="404"):
        get(site, path)

    assert path.read_bytes() == CONTENT[:100_000]


@pytest.mark.parametrize("status", ["503 Service Unavailable", "429 Too Many Requests"])
def test_a_busy_server_is_asked_again(site, path, status):
    site.statuses = [int(status[:3])]

    said, _ = get(site, path, retries=1)

    assert path.read_bytes() == CONTENT
    assert said == [f"the server answers {status}; trying again in 0 s"]


def test_no_connection_is_one_line(path):
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))  # taken, but nobody listens
        url = f"http://127.0.0.1:{unheard.getsockname()[1]}/file.zip"

        with pytest.raises(SentimentError, match=r"^cannot fetch .*; check the connection"):
            download(url, path, on_progress=print, say=print, retry_seconds=[])


NONSENSE = (
    *("ftp://127.0.0.1/file.zip", "file:///etc/passwd", "file.zip", "//a/b", "http://", ""),
    *("http://127.0.0.1:port/", "http://127.0.0.1:0/", "http://127.0.0.1:99999/", "http://[::1/"),
    *("http://.../", f"http://{'a' * 64}.com/", "http://xn--/", "http://127.0.0.1/\udcff"),
    "http://no such host/",
)


@pytest.mark.parametrize("url", NONSENSE)
def test_an_address_that_is_none_is_one_line_at_once(path, url):
    said = []

    with pytest.raises(SentimentError, match="check the address") as error:
        download(url, path, on_progress=print, say=said.append, retry_seconds=[60])

    assert said == []
    assert error.value.options == ("url",)


@pytest.mark.parametrize("place", ["ftp://127.0.0.1/", "http://.../", "file.zip"])
def test_a_redirection_to_nowhere_is_one_line_at_once(site, path, place):
    site.moved_to = place

    with pytest.raises(SentimentError, match="leads to no http or https address"):
        get(site, path)


def test_a_host_that_answered_before_is_asked_again(site, path):
    break_off(site, path, after=100_000)
    nowhere = "http://no such host/"
    note = path.with_name("file.part.json")
    held = {"address": hashlib.sha256(nowhere.encode()).hexdigest()}
    note.write_text(json.dumps(json.loads(note.read_text()) | held))
    said = []

    with pytest.raises(SentimentError, match="100,000 bytes kept"):
        download(nowhere, path, on_progress=print, say=said.append, retry_seconds=[0.0])

    assert said == ["no host of this name is found; trying again in 0 s"]


@pytest.mark.parametrize(
    ("rest", "shown"),
    [
        ("127.0.0.1:1/a.zip?key=HUSH&b=1#HUSH", "http://127.0.0.1:1/a.zip"),
        ("user:HUSH@127.0.0.1:1/a.zip", "http://127.0.0.1:1/a.zip"),
        ("HUSH@127.0.0.1:1/", "http://127.0.0.1:1/"),
        ("user:HU/SH@host/", "http://host/"),
        ("user:HU?SH@host/", "http://host/"),
        ("user:HU@SH\n@host/?HUSH", "http://host/"),
        ("user:HUSH@host:99999/?HUSH", "http://host:99999/"),
        ("user:HUSH@no such host/", "http://no%20such%20host/"),
    ],
)
def test_a_password_in_an_address_is_not_shown(path, rest, shown):
    said = []

    with pytest.raises(SentimentError) as error:
        download(f"http://{rest}", path, on_progress=print, say=said.append, retry_seconds=[0.0])

    assert f"cannot fetch {shown}: " in str(error.value)
    assert not any("HU" in line or "SH" in line for line in [*said, str(error.value)])


def test_a_password_in_an_address_is_not_kept_on_disk(site, path):
    site.url = site.url.replace("//", "//user:secret@") + "?secret"

    break_off(site, path, after=100_000)

    assert all(b"secret" not in each.read_bytes() for each in path.parent.iterdir())


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTP_PROXY", "ftp://user:secret@host"),
        ("HTTP_PROXY", "http://user:secret@host:port"),
        ("ALL_PROXY", "socks9://user:secret@host"),
        ("SSL_CERT_FILE", "/no/such/file"),
    ],
)
def test_a_wrong_proxy_in_the_environment_is_one_line(path, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)

    with pytest.raises(SentimentError, match=r"the environment names.*unset them") as error:
        download("http://127.0.0.1:1/", path, on_progress=print, say=print, retry_seconds=[])

    assert "secret" not in str(error.value)


@pytest.mark.parametrize(("etag", "ranges"), [(None, True), ('W/"weak"', True), ('"one"', False)])
def test_no_resume_is_promised_where_the_server_cannot(site, path, etag, ranges):
    site.etag, site.ranges, site.cuts = etag, ranges, [100_000] * 3

    with pytest.raises(SentimentError, match=r"cannot resume.*to start again") as error:
        get(site, path, retries=1)

    assert "kept" not in str(error.value)
    assert list(path.parent.iterdir()) == []


def test_a_new_beginning_is_said(site, path):
    site.etag, site.cuts = None, [100_000]

    said, _ = get(site, path, retries=1)

    assert path.read_bytes() == CONTENT
    assert said[1:] == ["starting again from the beginning"]


@pytest.mark.parametrize("length", [True, False])
def test_what_is_too_large_is_refused_however_it_comes(site, path, length):
    site.length = length

    with pytest.raises(SentimentError, match=r"larger than the 299,999 bytes allowed"):
        download(
            site.url, path, on_progress=print, say=print, retry_seconds=[60], most_bytes=299_999
        )

    assert list(path.parent.iterdir()) == []


def test_without_httpx_the_line_says_what_to_install(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "httpx", None)

    with pytest.raises(SentimentError, match=r"pip install 'lstm-sentiment-cli\[fetch\]'"):
        download("http://127.0.0.1/", path, on_progress=print, say=print)


def test_forget_removes_download_and_note(site, path):
    break_off(site, path, after=100_000)
    assert len(list(path.parent.iterdir())) == 2

    forget(path)

    assert list(path.parent.iterdir()) == []
