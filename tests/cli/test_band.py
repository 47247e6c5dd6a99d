"""The table of what impact costs with other coefficients."""

import polars as pl

from commonbook.cli.band import band_table, compared_band_table
from tests.cli.test_run import CONFIG, config, invoke  # noqa: F401
from tests.cli.test_tables import printed

MOVING = """\
  shared_config: {market_impact_model: square_root}
  impact: {adv: 1000000, daily_volatility: 0.02, half_life: 30min}
"""


def band(*rows):
    keys = ("coefficient", "portfolio", "impact_charge", "net_profit")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def test_who_pays_stands_with_charge_and_profit_by_coefficient():
    rows = [
        (y, name, charge, profit)
        for y in (0.5, 1.0)
        for name, charge, profit in (
            ("A", 1_000 * y, -1_000 * y),
            ("B", 0.0, 7.0),
            (None, 1_000 * y, None),
        )
    ]
    lines = printed(band_table(band(*rows)), 80).splitlines()
    (head,) = (line for line in lines if line.startswith(" portfolio"))
    assert head.split() == ["portfolio", "0.5", "1", "0.5", "1"]
    (mine,) = (line for line in lines if line.startswith(" A "))
    assert mine.split() == ["A", "500.00", "1,000.00", "-500.00", "-1,000.00"]
    (whole,) = (line for line in lines if line.startswith(" all "))
    assert whole.split() == ["all", "500.00", "1,000.00", "-", "-"]
    assert not [line for line in lines if line.startswith(" B ")]


def test_where_nobody_pays_there_is_no_table():
    assert band_table([]) is None
    assert band_table(band((0.5, "A", 0.0, 1.0), (0.5, None, 0.0, 1.0))) is None


def test_two_lanes_stand_side_by_side_by_coefficient():
    alone = band((0.5, "A", 1.0, 9.0), (0.5, None, 1.0, 9.0), (1, None, 2.0, None))
    crowd = band((0.5, "A", 3.0, 7.0), (0.5, None, 3.0, 7.0), (1, None, 6.0, 4.0))
    lanes = ("isolated", "shared")
    lines = printed(compared_band_table(alone, crowd, lanes), 80).splitlines()
    rows = [line.split() for line in lines if line[1:2].isdigit()]
    assert rows == [["0.5", "9.00", "7.00", "-2.00"], ["1", "-", "4.00", "-"]]
    assert compared_band_table([], [], lanes) is None
    free = band((0.5, None, 0.0, 1.0))
    assert compared_band_table(free, free, lanes) is None


def test_compare_shows_what_crowding_costs_by_coefficient(config):  # noqa: F811
    title = "net profit of all, by impact"
    config.write_text(CONFIG + MOVING)
    assert title in invoke("compare", config).stdout
    config.write_text(CONFIG)
    assert title not in invoke("compare", config).stdout


def test_run_shows_the_band_and_keeps_it(config, tmp_path):  # noqa: F811
    config.write_text(CONFIG + MOVING)
    shown = invoke("run", config, "--out", tmp_path / "out")
    assert "the same fills by impact coefficient" in shown.stdout
    kept = pl.read_parquet(tmp_path / "out" / "impact_band.parquet")
    assert kept["coefficient"].unique().to_list() == [0.5, 0.8, 1.0]
    config.write_text(CONFIG)
    assert "coefficient" not in invoke("run", config).stdout
