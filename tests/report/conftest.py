"""A browser for the tests of the page."""

from collections.abc import Iterator

import pytest

from tests.chromium import Chromium, find_chromium


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """A real browser."""
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium: without it nobody sees how a report looks")
    with Chromium(program) as browser:
        yield browser
