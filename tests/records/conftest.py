"""Fixtures of the tests of records."""

import pytest


@pytest.fixture
def write(tmp_path):
    """Write a file and return its path."""

    def write(name, content):
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return write
