import pytest

from commonbook.core.words import counted


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 packets"), (1, "1 packet"), (1234, "1,234 packets")]
)
def test_one_is_singular_and_thousands_are_grouped(number, text):
    assert counted(number, "packet") == text


def test_an_irregular_plural_is_given():
    assert counted(2, "cross", "crosses") == "2 crosses"
