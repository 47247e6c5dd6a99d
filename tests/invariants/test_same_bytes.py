"""The same run gives the same bytes, however it is run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import commonbook as cb
from commonbook.config import load
from commonbook.results.result import Result, RunInfo
from commonbook.runner.tapes import load_tape
from commonbook.simulation import views
from commonbook.simulation.loop import simulate
from commonbook.topology.build import lanes_for_run
from commonbook.topology.lower import lower
from tests.invariants.scenarios import STRETCH, random_case, seeds
from tests.varying import varying

ROOT = Path(__file__).resolve().parents[2]
SMALL = (1, 4, 9)
PROGRAM = """\
import sys, pathlib
import commonbook as cb
from tests.invariants.scenarios import random_case
folder = pathlib.Path(sys.argv[1])
for seed in map(int, sys.argv[2:]):
    print(cb.run(random_case(seed, folder).config).digest)
"""


def silent(stage, done, total):
    """Say nothing."""


def in_pieces(config, **pieces):
    """Run a configuration with other chunks and pools than usual."""
    loaded = load(config)
    tape = load_tape(loaded.data, silent)
    setup = lower(loaded, lanes_for_run(loaded), tape)
    raw = simulate(tape.events, setup, **pieces)
    return Result(raw, RunInfo(loaded.name, loaded.seed, "")).digest


def test_a_glance_at_the_touch_shows_what_a_delayed_book_would(monkeypatch):
    grid = {"half_spread_ticks": 1, "interval_ticks": 1, "levels": 5, "size": 2}
    portfolios = [
        {
            "name": f"{strategy}-{feed}",
            "strategy": strategy,
            "params": {"every": "70ms", "max_position": 20, **params},
            "latency": {"feed": feed, "order": "1ms", "response": "1ms"},
        }
        for strategy, params in (
            ("grid_maker", grid),
            ("market_maker", {"half_spread_ticks": 1, "size": 3}),
        )
        for feed in ("1ns", "3ms", "2s")
    ]
    config = {"data": [cb.synth(5, 60)], "portfolios": portfolios}
    glancing = cb.run(config)
    monkeypatch.setattr(views, "GLANCING", ())
    assert cb.run(config).digest == glancing.digest
    assert glancing.fills["portfolio"].n_unique() == len(portfolios)


@pytest.mark.parametrize("seed", seeds(12))
def test_chunks_and_pools_change_nothing(seed, tmp_path):
    config = random_case(seed, tmp_path, size=60).config
    usual = cb.run(config).digest
    for chunk, start in ((1, 1), (2, 256), (7, 2), (50, 1), (1_000_000, 1)):
        assert in_pieces(config, chunk=chunk, start=start) == usual


@pytest.mark.parametrize("seed", range(12))
def test_threads_change_nothing(seed, tmp_path):
    config = random_case(seed, tmp_path).but(mode="isolated")
    usual = in_pieces(config)
    for threads in (2, 3, 8):
        assert in_pieces(config, threads=threads) == usual
    alone = config["execution"] | {"isolated_config": {"parallel_execution": False}}
    assert cb.run(config | {"execution": alone}).digest == usual


@pytest.mark.parametrize("seed", range(12))
def test_delays_that_vary_are_the_same_however_it_is_run(seed, tmp_path):
    case = random_case(seed, tmp_path, size=60)
    config = varying(case.but(mode="isolated"), seed, STRETCH)
    usual = cb.run(config).digest
    turned = config | {"portfolios": config["portfolios"][::-1]}
    assert cb.run(turned).digest == usual
    for pieces in ({"chunk": 7, "start": 1}, {"threads": 3}, {"threads": 8}):
        assert in_pieces(config, **pieces) == usual


def test_running_twice_changes_nothing(tmp_path):
    config = random_case(5, tmp_path).config
    one = cb.run(config, out=tmp_path / "one")
    two = cb.run(config, out=tmp_path / "two")
    assert one.digest == two.digest
    for file in sorted((tmp_path / "one").iterdir()):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_another_seed_changes_ties(tmp_path):
    cases = [random_case(number, tmp_path).but(mode="shared") for number in range(8)]
    changed = [
        len({cb.run(config | {"seed": seed}).digest for seed in range(4)}) > 1
        for config in cases
    ]
    assert any(changed)


@pytest.mark.parametrize(
    "changes",
    [{"NUMBA_DISABLE_JIT": "1"}, {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo"}],
    ids=["without compilation", "another process"],
)
def test_another_process_gives_the_same(changes, tmp_path):
    digests = [cb.run(random_case(seed, tmp_path).config).digest for seed in SMALL]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), *map(str, SMALL)],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | changes,
    )
    assert done.stdout.split() == digests


@pytest.mark.parametrize("kind", ["csv", "parquet", "tape"])
def test_the_same_events_from_anywhere_give_the_same(kind, tmp_path):
    config = random_case(2, tmp_path).config
    usual = cb.run(config).digest
    source = config["data"]
    path = source["path"]
    tape = cb.read(path, tick_size=source["tick_size"], lot_size=1)
    if kind == "tape":
        data = tape
    else:
        copy = tmp_path / f"copy.{kind}"
        tape.write(copy)
        data = source | {"path": str(copy)}
    assert cb.run(config | {"data": data}).digest == usual
