import pytest

from commonbook.cli.figures import money, quantity, share, signed


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1234.567, "1,234.57"),
        (-0.5, "-0.50"),
        (-0.001, "0.00"),
        (0.0, "0.00"),
        (None, "-"),
    ],
)
def test_money_has_two_decimals_and_no_negative_zero(amount, text):
    assert money(amount) == text


@pytest.mark.parametrize(
    ("amount", "text", "style"),
    [
        (1.0, "+1.00", "green"),
        (-1.0, "-1.00", "red"),
        (0.001, "0.00", ""),
        (None, "-", ""),
    ],
)
def test_a_difference_shows_its_sign(amount, text, style):
    shown = signed(amount)
    assert (shown.plain, str(shown.style)) == (text, style)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (5.0, "5"),
        (0.125, "0.125"),
        (1234.5, "1,234"),
        (110080.0, "110,080"),
        (None, "-"),
    ],
)
def test_a_quantity_has_no_more_places_than_it_needs(amount, text):
    assert quantity(amount) == text


def test_a_share_is_in_percent():
    assert share(0.5) == "50.0%"
    assert share(None) == "-"
    assert (share(0.0), share(0.0001), share(0.0005)) == ("0.0%", "<0.1%", "0.1%")
