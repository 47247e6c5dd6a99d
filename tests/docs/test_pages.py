"""The pages under docs/ name everything that the code has, and nothing else."""

import re
from pathlib import Path

import polars as pl
import pytest

import commonbook as cb
from commonbook.config import (
    ExecutionConfig,
    Fee,
    Fees,
    FileSource,
    GridMakerParams,
    GroupLimits,
    ImbalanceTakerParams,
    Impact,
    ImpactModel,
    IsolatedConfig,
    Latency,
    Limits,
    Lognormal,
    MarketMakerParams,
    Matching,
    OrderRate,
    PortfolioConfig,
    QueueModel,
    Resilience,
    RunConfig,
    ScriptedCancel,
    ScriptedOrder,
    ScriptedReplace,
    Session,
    SharedConfig,
    Synth,
    TradesOnly,
    TwapParams,
)
from commonbook.core.enums import Reason
from commonbook.core.state import FIELDS
from commonbook.data.schema import (
    ACTION_LETTERS,
    COLUMNS,
    FORMATS,
    QUOTE_COLUMNS,
    QUOTE_OPTIONS,
)
from commonbook.results.fairness import Fairness
from commonbook.results.summary import PortfolioSummary

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
WORD = re.compile(r"`(\w+)`")
LINK = re.compile(r"\]\(([^)\s]+?)\)")

MODELS = [
    RunConfig,
    FileSource,
    Session,
    Matching,
    Synth,
    PortfolioConfig,
    Limits,
    OrderRate,
    ScriptedOrder,
    ScriptedCancel,
    ScriptedReplace,
    TwapParams,
    MarketMakerParams,
    GridMakerParams,
    ImbalanceTakerParams,
    ExecutionConfig,
    SharedConfig,
    GroupLimits,
    IsolatedConfig,
    Impact,
    ImpactModel,
    QueueModel,
    Resilience,
    TradesOnly,
    Latency,
    Lognormal,
    Fees,
    Fee,
]
MAKER = {"half_spread_ticks": 1, "size": 10}


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def tables(text: str) -> list[list[list[str]]]:
    """Cut out every table, as rows of cells without the heading."""
    found: list[list[list[str]]] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("|"):
            if not inside:
                found.append([])
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        inside = line.startswith("|")
    return [rows[2:] for rows in found]


def words(rows: list[list[str]]) -> list[str]:
    """List the code words of the first column."""
    return [word for row in rows for word in WORD.findall(row[0])]


@pytest.fixture(scope="module")
def comparison():
    maker = {"name": "m", "strategy": "market_maker", "params": MAKER}
    return cb.compare({"data": cb.synth(1, 20), "portfolios": [maker]})


def test_the_configuration_has_a_table_for_each_model():
    with_default = [t for t in tables(page("configuration.md")) if len(t[0]) == 4]
    assert [words(t) for t in with_default] == [list(m.model_fields) for m in MODELS]


def test_the_defaults_are_those_of_the_models():
    with_default = [t for t in tables(page("configuration.md")) if len(t[0]) == 4]
    for model, rows in zip(MODELS, with_default, strict=True):
        for field, row in zip(model.model_fields.values(), rows, strict=True):
            default = field.get_default()
            if isinstance(default, bool | str):
                shown = default if isinstance(default, str) else str(default).lower()
                assert f"`{shown}`" in row[2], (model.__name__, row)
            assert (row[2] == "needed") == field.is_required(), (model.__name__, row)


def test_what_is_not_built_is_listed_as_refused():
    refused = page("configuration.md").partition("## Refused for now")[2]
    unbuilt = [key for model in MODELS for key in model.unbuilt]
    assert unbuilt
    assert [key for key in unbuilt if f"`{key}`" not in refused] == []


@pytest.mark.parametrize("name", ["fills", "orders", "equity", "exposure"])
def test_the_columns_are_those_of_the_frames(name, comparison):
    section = page("results.md").partition(f"\n## `{name}`")[2].partition("\n## ")[0]
    listed = words(tables(section)[0])
    assert sorted(listed) == sorted(getattr(comparison.shared, name).columns)


def test_the_figures_are_those_of_the_summary(comparison):
    section = page("results.md").partition("\n## `summary`")[2].partition("\n## ")[0]
    keys, figures, fair = tables(section)
    assert words(fair) == list(Fairness.__annotations__)
    assert sorted(words(keys)) == sorted(comparison.shared.summary)
    assert sorted(words(figures)) == sorted(PortfolioSummary.__annotations__)


def test_the_keys_are_those_of_the_comparison(comparison):
    section = page("results.md").partition("\n## `comparison.json`")[2]
    keys = words(tables(section)[0])
    assert sorted(keys) == sorted(comparison.summary)


def test_every_reason_is_listed():
    orders = page("results.md").partition("\n## `orders`")[2].partition("\n## ")[0]
    reasons = [reason.name.lower() for reason in Reason if reason != Reason.NONE]
    assert words(tables(orders)[1]) == reasons


def test_the_resolved_configuration_runs_again(tmp_path):
    maker = {"name": "m", "strategy": "market_maker", "params": MAKER}
    data = {"synth": {"duration": "20s"}}
    first = cb.run({"data": data, "portfolios": [maker]}, out=tmp_path / "first")
    assert cb.run(tmp_path / "first" / "config.yaml").digest == first.digest


def test_the_formats_columns_and_letters_are_those_of_the_reader():
    formats, columns, letters, *_ = tables(page("data-formats.md"))
    assert [row[0].strip("`") for row in formats] == list(FORMATS)
    assert sorted(words(columns)) == sorted(COLUMNS)
    known = set(words(letters)) | {"A", "M", "C", "F"}
    assert known == set(ACTION_LETTERS)


def test_the_small_book_is_read_as_described(tmp_path):
    block, _ = re.findall(r"```csv\n(.*?)```", page("data-formats.md"), re.DOTALL)
    (tmp_path / "book.csv").write_text(block)
    tape = cb.read(tmp_path / "book.csv", tick_size="0.01", lot_size=1)
    assert tape.packets == 2
    last = tape.top_of_book().select("bid_px_00", "bid_sz_00").row(-1)
    assert last == (99.99, 300.0)
    tape.write(tmp_path / "again.parquet")
    again = cb.read(tmp_path / "again.parquet", tick_size="0.01", lot_size=1)
    assert (again.events == tape.events).all()


def test_quotes_are_read_as_described(tmp_path):
    _, block = re.findall(r"```csv\n(.*?)```", page("data-formats.md"), re.DOTALL)
    (tmp_path / "quotes.csv").write_text(block)
    tape = cb.read(tmp_path / "quotes.csv", tick_size="0.01", lot_size=1)
    assert tape.packets == 3
    assert tape.to_frame()["flags"].to_list() == [0, 128, 0, 128, 2, 128]
    section = page("data-formats.md").partition("\n### Quotes")[2]
    listed = words(tables(section)[0])
    assert sorted(listed) == sorted(QUOTE_COLUMNS + QUOTE_OPTIONS)


def test_the_stream_line_is_read_as_described(tmp_path):
    (line,) = re.findall(r"```text\n(\d+ \{.*\})\n", page("data-formats.md"))
    levels = '"bids":[["100.00","1"]],"asks":[["100.20","1"]]'
    snapshot = f'1700000000000000 {{"lastUpdateId":1,{levels}}}'
    (tmp_path / "stream").write_text(f"{snapshot}\n{line}\n")
    frame = cb.read(tmp_path / "stream", "binance-stream").to_frame()
    trade = frame.filter(pl.col("action") == "T").row(0, named=True)
    assert (trade["side"], trade["price"], trade["size"]) == ("A", "100.1", "0.002")


def test_the_architecture_is_short_and_names_files_that_exist():
    text = page("UNIFIED_ARCHITECTURE.md")
    assert text.count("\n") <= 250
    source = [p.as_posix() for p in (ROOT / "src").rglob("*.py")]
    for named in re.findall(r"`([\w/]+\.py)`", text):
        assert any(path.endswith(f"/{named}") for path in source), named


def test_the_architecture_names_every_array_of_the_state():
    section = page("UNIFIED_ARCHITECTURE.md").partition("## Who writes what")[2]
    assert sorted(words(tables(section)[0])) == sorted(name for name, _, _ in FIELDS)


@pytest.mark.parametrize(
    "path",
    [*sorted(DOCS.glob("*.md")), *sorted(ROOT.glob("*.md"))],
    ids=lambda p: p.name,
)
def test_links_lead_to_pages_and_headings_that_exist(path):
    lost = []
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        target, _, heading = link.partition("#")
        if target.startswith("http"):
            continue
        leads_to = (path.parent / target) if target else path
        if not leads_to.exists() or (heading and heading not in anchors(leads_to)):
            lost.append(link)
    assert lost == []


def anchors(path: Path) -> set[str]:
    """Name the headings of a page as links do."""
    heads = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", head.lower()) for head in heads)
    return {head.strip().replace(" ", "-") for head in kept}
