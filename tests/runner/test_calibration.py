"""Daily volume and volatility are those of whole days before the run."""

import math
from decimal import Decimal

import numpy as np
import pytest
import yaml

import commonbook as cb
from commonbook.core.errors import ConfigError
from tests.rules.words import bought, buy, configuration, portfolio, snapshot, write_csv

PLACE = "execution.shared_config.market_impact_model.adv"
HOUR = 3_600 * 10**9
DAY = 24 * HOUR
STEP = 300 * 10**9
#: Midnight before the first day of a run, on the clock of the words.
FIRST = -(14 * HOUR + HOUR // 2)
SIGMA = 0.02
MARKET = [snapshot(0, {99.99: 10**9}, {100.01: 10**9})]
LATER = snapshot(HOUR, {99.99: 10**9}, {100.01: 10**9})


def walk(random, start, hours=24, lots=10):
    """Walk the mid at 2 % a day, for hours; print `lots` every five minutes."""
    steps = hours * 12
    moves = random.normal(0, SIGMA / math.sqrt(288), steps)
    ticks = np.round(10_000 * np.exp(np.cumsum(moves))).astype(int)
    packets = []
    for number, tick in enumerate(ticks.tolist()):
        at, mid = start + number * STEP, tick / 100
        bid, ask = round(mid - 0.01, 2), round(mid + 0.01, 2)
        packets += [
            snapshot(at, {bid: 50}, {ask: 50}),
            bought(at + 1, ask, lots),
        ]
    variance = float((np.diff(np.log(ticks)) ** 2).sum())
    return packets, variance


def days(count, lots):
    """Give whole days before the run, the latest last, and their variances."""
    random = np.random.default_rng(8)
    made = [
        walk(random, FIRST - (count - n) * DAY, lots=lots[n % len(lots)])
        for n in range(count)
    ]
    return [p for packets, _ in made for p in packets], [v for _, v in made]


@pytest.fixture
def ask(tmp_path):
    """Make a configuration with files of earlier days."""

    def ask(earlier=None, packets=(*MARKET, LATER), session=None, **numbers):
        impact = {"adv": "auto", "daily_volatility": "auto", **numbers}
        model = {"kind": "square_root", "coefficient": 1, "half_life": "never"}
        config = configuration(
            tmp_path,
            packets,
            portfolio("a", buy(5, 1_000)),
            impact=model | impact,
            session=session,
        )
        if earlier is not None:
            path = write_csv(tmp_path / "earlier.csv", earlier)
            config["data"]["earlier"] = [str(path)]
        return config | {"equity_interval": "24h"}

    return ask


def numbers(result):
    """Read the numbers that the resolved configuration states."""
    model = result.info.config
    block = yaml.safe_load(model)["execution"]["shared_config"]["market_impact_model"]
    return float(block["adv"]["AAPL"]), float(block["daily_volatility"]["AAPL"])


def told(result):
    return [text for text in result.summary["warnings"] if text.startswith("impact")]


def problem(config):
    with pytest.raises(ConfigError) as caught:
        cb.run(config)
    (found,) = caught.value.problems
    return found.path, found.message


def test_the_median_volume_and_the_mean_variance_of_earlier_days(ask):
    packets, variances = days(3, [10, 90, 20])
    result = cb.run(ask(packets))
    adv, volatility = numbers(result)
    assert adv == 20 * 288
    assert volatility == pytest.approx(math.sqrt(np.mean(variances)), rel=1e-5)
    assert volatility == pytest.approx(SIGMA, rel=0.1)
    # And the run computes with them.
    (charge,) = result.fills["impact_charge"]
    wanted = 2 / 3 * volatility * math.sqrt(1_000 / adv) * 100 * 1_000
    assert charge == pytest.approx(wanted, rel=1e-6)
    assert told(result)[1:] == [
        "impact: daily volume of AAPL is 5760, from 3 whole days before the run",
        f"impact: daily volatility of AAPL is {volatility:g}, "
        "from 3 whole days before the run",
    ]


def test_only_the_latest_twenty_days_count(ask):
    packets, variances = days(22, [1])
    old, _ = walk(np.random.default_rng(1), FIRST - 23 * DAY, lots=10**6)
    adv, volatility = numbers(cb.run(ask([*old, *packets])))
    assert adv == 288
    assert volatility == pytest.approx(math.sqrt(np.mean(variances[-20:])), rel=1e-5)


def test_a_part_of_a_day_is_not_taken_for_a_day(ask):
    whole, _ = days(1, [10])
    part, _ = walk(np.random.default_rng(2), FIRST - 2 * DAY, hours=12, lots=10**6)
    result = cb.run(ask([*part, *whole]))
    assert numbers(result)[0] == 2880
    assert "from 1 whole day before the run" in told(result)[1]
    path, message = problem(ask(part))
    assert path == PLACE
    assert message == (
        "the earlier data of AAPL has no whole day (23 of 24 hours); name more files, "
        "or give the session if its market closes"
    )


def test_days_of_a_market_that_closes_are_as_long_as_its_longest(ask):
    random = np.random.default_rng(3)
    opens = 14 * HOUR
    parts = [(3, 7, 10), (2, 3, 10**6), (1, 7, 30)]
    made = [
        walk(random, FIRST - ago * DAY + opens, hours, lots)[0]
        for ago, hours, lots in parts
    ]
    session = {"close": "16:00", "timezone": "America/New_York"}
    result = cb.run(ask([p for packets in made for p in packets], session=session))
    assert numbers(result)[0] == 20 * 84


def test_days_of_the_run_itself_are_no_earlier_days(ask):
    today, _ = walk(np.random.default_rng(4), FIRST)
    assert problem(ask(today)) == (
        PLACE,
        "the earlier days of AAPL reach into the first day of the run; "
        "only days before it are allowed",
    )


def test_without_earlier_days_auto_is_refused(ask):
    assert problem(ask()) == (
        PLACE,
        "auto needs earlier days of AAPL: name their files in data, as earlier beside "
        "path, or state adv and daily_volatility as numbers, or choose auto_in_sample",
    )


def test_earlier_days_that_nothing_asks_for_are_refused(ask):
    packets, _ = days(1, [1])
    path, message = problem(ask(packets, adv=5, daily_volatility=0.1))
    assert path == "data[0].earlier"
    assert message.startswith("nothing is auto, so these files would do nothing")


def test_days_on_which_nothing_happens_say_nothing(ask):
    packets, _ = days(1, [1])
    _, message = problem(ask([p for p in packets if p[0][2] != "T"]))
    assert message == (
        "the data of AAPL has no trades, or no moves of the mid within a day; "
        "state adv and daily_volatility as numbers"
    )


def test_one_number_may_be_stated_and_the_other_found(ask):
    packets, _ = days(1, [10])
    result = cb.run(ask(packets, daily_volatility=0.5))
    assert [text.split(" of ")[0] for text in told(result)[1:]] == [
        "impact: daily volume"
    ]
    assert "adv: {AAPL: 2880}" in result.info.config


def test_the_resolved_configuration_runs_again_with_the_same_numbers(ask, tmp_path):
    packets, _ = days(2, [10])
    first = cb.run(ask(packets))
    copy = tmp_path / "resolved.yaml"
    copy.write_text(first.info.config)
    again = cb.run(copy)
    assert again.fills.equals(first.fills)
    assert again.info.config == first.info.config


def test_the_runs_own_data_may_be_used_if_one_says_so(ask):
    packets, variance = walk(np.random.default_rng(5), 0, hours=6, lots=10)
    way = dict.fromkeys(("adv", "daily_volatility"), "auto_in_sample")
    result = cb.run(ask(packets=packets, **way))
    adv, volatility = numbers(result)
    # Six hours stand for a quarter of a day.
    assert adv == pytest.approx(4 * 720, rel=0.02)
    assert volatility == pytest.approx(math.sqrt(4 * variance), rel=0.02)
    assert told(result)[1].endswith(
        "from the data of the run itself, which nobody knew then (auto_in_sample), "
        "by its span of 24 hours"
    )


def test_minutes_of_data_are_too_few_for_a_day(ask):
    way = dict.fromkeys(("adv", "daily_volatility"), "auto_in_sample")
    path, message = problem(ask(packets=MARKET, **way))
    assert path == PLACE
    assert message == (
        "auto_in_sample needs an hour of AAPL; state adv and daily_volatility as "
        "numbers"
    )


def test_numbers_are_written_with_six_digits(ask):
    packets, _ = days(1, [1_234_567])
    result = cb.run(ask(packets))
    assert numbers(result)[0] == float(Decimal("3.55555e8"))
