"""Delays from files and from the data's own clocks."""

import numpy as np
import polars as pl
import pytest

import commonbook as cb
from commonbook.config import load
from commonbook.core.enums import DelayKind
from commonbook.core.errors import ConfigError
from commonbook.data.tape import Tape
from commonbook.topology.build import lanes_for_run
from commonbook.topology.lower import lower

MAKER = {
    "name": "m",
    "strategy": "market_maker",
    "params": {"half_spread_ticks": 1, "size": 1},
}


@pytest.fixture(scope="module")
def tape():
    plain = cb.synth(3, 5)
    late = 1_000 + np.arange(len(plain.events)) % 7
    return received(plain, late)


def received(tape, late):
    ts_recv = tape.events["ts"] + late
    return Tape(tape.events, tape.instruments, ts_recv=ts_recv)


def made(tape, **latency):
    config = load({"data": [tape], "portfolios": [MAKER | {"latency": latency}]})
    return lower(config, lanes_for_run(config), tape).portfolios[0]


def problem(tape, **latency):
    with pytest.raises(ConfigError) as caught:
        made(tape, **latency)
    (found,) = caught.value.problems
    return found.path, found.message


def ends(tape):
    return np.flatnonzero(tape.events["flags"] & 128)


# Files -----------------------------------------------------------------------------


def test_samples_one_a_line(tape, tmp_path):
    (tmp_path / "seen.txt").write_text("80us\n\n95us\n 400\n")
    delay = made(tape, order={"empirical": str(tmp_path / "seen.txt")}).order_delay
    assert delay.kind == DelayKind.EMPIRICAL
    assert delay.samples.tolist() == [80_000, 95_000, 400]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("column", [None, "other"])
def test_samples_in_a_column(tape, tmp_path, ending, column):
    frame = pl.DataFrame({"order": ["1us", "2us"], "other": ["30", "4us"]})
    path = tmp_path / f"seen.{ending}"
    (frame.write_csv if ending == "csv" else frame.write_parquet)(path)
    written = {"file": str(path)} | ({"column": column} if column else {})
    samples = made(tape, order={"empirical": written}).order_delay.samples.tolist()
    assert samples == ([30, 4_000] if column else [1_000, 2_000])


@pytest.mark.parametrize("written", ["numbers", "text", "times"])
def test_a_delay_that_follows_the_clock(tape, tmp_path, written):
    ts = [1_704_205_800_000_000_000, 1_704_205_801_000_000_500]
    columns = {
        "numbers": {"ts": ts, "order": [5_000, 9_000]},
        "text": {"ts": map(str, ts), "order": ["5us", "9us"]},
        "times": {
            "ts": pl.Series(ts).cast(pl.Datetime("ns", "UTC")),
            "order": pl.Series([5, 9]).cast(pl.Duration("us")),
        },
    }[written]
    path = tmp_path / "latency.parquet"
    pl.DataFrame({name: pl.Series(values) for name, values in columns.items()}
    ).write_parquet(path)  # fmt: skip
    delay = made(tape, order={"file": str(path)}).order_delay
    assert delay.kind == DelayKind.CURVE
    assert (delay.times.tolist(), delay.samples.tolist()) == (ts, [5_000, 9_000])


def test_paths_start_at_the_folder_of_the_configuration(tmp_path):
    (tmp_path / "latency.csv").write_text(
        "ts,order,feed\n2024-01-02T14:30:00Z,5us,1us\n2024-01-02T14:31:00Z,9us,2us\n"
    )
    (tmp_path / "run.yaml").write_text(
        "data: {synth: {duration: 2s}}\n"
        "portfolios:\n"
        "  - name: m\n"
        "    strategy: market_maker\n"
        "    params: {half_spread_ticks: 1, size: 1}\n"
        "    latency: {order: {file: latency.csv}}\n"
        "execution: {latency: {feed: {file: latency.csv}}}\n"
    )
    first = cb.run(tmp_path / "run.yaml", out=tmp_path / "out")
    waits = first.orders["ts_arrival"] - first.orders["ts_decision"]
    assert set(waits.drop_nulls().cast(pl.Int64).unique()) <= set(range(5_000, 5_140))
    assert cb.run(tmp_path / "out" / "config.yaml").digest == first.digest


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ts,feed\n1,2\n", "has no column order; found: ts, feed"),
        ("order\n2us\n", "has no column ts; found: order"),
        ("ts,order\n1,2\n3,x\n", "row 2: order: found 'x'; allowed: a number with"),
        ("ts,order\n1,2\nx,3\n", "row 2: ts: found 'x'; allowed: ISO 8601"),
        ("ts,order\n5,2\n5,3\n", "row 2: ts is not after the ts of the row before"),
        ("ts,order\n1,\n", "order is empty, or has empty cells"),
        ("ts,order\n", "order is empty, or has empty cells"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_row(tape, tmp_path, text, message):
    path = tmp_path / "latency.csv"
    path.write_text(text)
    where, found = problem(tape, order={"file": str(path)})
    assert where == "portfolio m: latency.order"
    assert message in found
    assert str(path) in found


def test_a_negative_delay_is_told_with_its_row(tape, tmp_path):
    pl.DataFrame({"ts": [1, 2], "order": [3, -4]}).write_parquet(tmp_path / "a.parquet")
    _, found = problem(tape, order={"file": str(tmp_path / "a.parquet")})
    assert "row 2: order -4 ns is negative" in found


def test_a_file_that_is_not_there_is_told_at_its_key(tape):
    raw = {"data": [tape], "portfolios": [MAKER]}
    raw["execution"] = {"latency": {"feed": {"file": "nowhere.csv"}}}
    with pytest.raises(ConfigError, match="there is no file") as caught:
        load(raw)
    assert caught.value.problems[0].path == "execution.latency.feed.file"


# The data --------------------------------------------------------------------------


def test_the_feed_is_as_late_as_the_last_event_of_each_packet(tape):
    delay = made(tape, feed={"from": "data"}).feed_delay
    late = tape.ts_recv - tape.events["ts"]
    parts = np.split(late, ends(tape)[:-1] + 1)
    assert delay.kind == DelayKind.PACKETS
    assert delay.samples.tolist() == [part.max() for part in parts]


def test_orders_are_as_late_as_the_feed_then_in_force(tape):
    given = {"from": "data", "scale": 1.5, "plus": "2us"}
    delay = made(tape, order=given).order_delay
    feed = made(tape, feed={"from": "data"}).feed_delay.samples
    times = tape.events["ts"][ends(tape)]
    assert delay.kind == DelayKind.STEPS
    assert (np.diff(delay.times) > 0).all()
    last = np.searchsorted(times, delay.times, side="right") - 1
    assert delay.samples.tolist() == (np.rint(1.5 * feed[last]) + 2_000).tolist()


def test_received_before_it_happened_is_an_error_that_min_allows(tape):
    late = np.full(len(tape.events), 50)
    late[3] = -7
    back = received(tape, late)
    where, message = problem(back, feed={"from": "data"})
    assert where == "portfolio m: latency.feed"
    assert message.startswith("event 4 of the data was received 7 ns before its time")
    given = {"from": "data", "min": "60ns"}
    assert set(made(back, feed=given).feed_delay.samples.tolist()) == {60}


def test_data_without_a_second_clock_has_no_delays():
    where, message = problem(cb.synth(3, 5), response={"from": "data"})
    assert where == "portfolio m: latency.response"
    assert "no ts_recv" in message


def test_a_constant_second_clock_is_a_constant_delay(tape):
    even = received(tape, np.full(len(tape.events), 70_000))
    runs = [
        cb.run({"data": [even], "portfolios": [MAKER | {"latency": latency}]}).fills
        for latency in (
            {leg: {"from": "data"} for leg in ("feed", "order", "response")},
            dict.fromkeys(("feed", "order", "response"), "70us"),
        )
    ]
    assert runs[0].equals(runs[1])
    assert runs[0].height > 0
