"""What `import commonbook` offers, and what it costs."""

import subprocess
import sys

import pytest

import commonbook

PUBLIC = [
    "CommonbookError",
    "Comparison",
    "ConfigError",
    "DataError",
    "Duration",
    "Fill",
    "Instrument",
    "Market",
    "Order",
    "Price",
    "Qty",
    "Result",
    "RunError",
    "Strategy",
    "Symbol",
    "Tape",
    "Timestamp",
    "Trade",
    "__version__",
    "compare",
    "compare_queues",
    "compiled",
    "read",
    "run",
    "synth",
    "synth_orders",
]


def test_the_public_names_are_these():
    assert sorted(commonbook.__all__) == PUBLIC
    assert dir(commonbook) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_can_be_used(name):
    assert getattr(commonbook, name) is not None


def test_other_names_do_not_exist():
    with pytest.raises(AttributeError, match="no attribute 'backtest'"):
        commonbook.backtest  # noqa: B018 - the attribute is what is tested


@pytest.mark.parametrize("module", ["commonbook", "commonbook.cli.main"])
def test_importing_loads_nothing_heavy(module):
    heavy = "{'numba', 'polars', 'numpy', 'pydantic', 'yaml'}"
    code = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
