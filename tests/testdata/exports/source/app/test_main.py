from app.main import total


def test_total():
    assert total([]) == 0
