"""What ONNX Runtime does beyond running the network: nothing."""

from pathlib import Path


def test_no_telemetry_leaves_a_trace_in_the_users_home(run, environment):
    """ONNX Runtime writes an identifier there before it sends anything; it spares test systems."""
    for name in ("CI", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME"):
        environment.pop(name, None)

    assert run("predict", "i love this", ORT_DISABLE_TELEMETRY="0").code == 0

    home = Path(environment["HOME"])
    assert [path for path in home.rglob("*") if "icrosoft" in str(path)] == []
