"""Which kinds of ideas wait longer."""

import pytest

from tools.search.payoff import Account, Payoff


def test_nothing_is_known_at_first() -> None:
    assert Payoff().surcharge("model") == 0.0


def test_what_has_paid_goes_before_what_has_not() -> None:
    payoff = Payoff(shares={})
    for _ in range(5):
        payoff.tried("good", 1.0, 1.0)
        payoff.tried("bad", 1.0, 0.0)
    assert payoff.surcharge("good") < 0 < payoff.surcharge("bad")
    assert payoff.surcharge("good") < payoff.surcharge("never tried") < payoff.surcharge("bad")


def test_one_failure_says_less_than_ten() -> None:
    once, often = Payoff(shares={}), Payoff(shares={})
    for payoff, times in ((once, 1), (often, 10)):
        payoff.tried("other", 10.0, 10.0)
        for _ in range(times):
            payoff.tried("bad", 1.0, 0.0)
    assert 0 < once.surcharge("bad") < often.surcharge("bad")


@pytest.mark.parametrize("share", [0.1, None])
def test_who_takes_more_than_its_share_waits(share: float | None) -> None:
    payoff = Payoff(shares={} if share is None else {"dear": share}, learning=0.0)
    payoff.tried("dear", 30.0, 3.0)
    payoff.tried("other", 30.0, 3.0)
    assert (payoff.surcharge("dear") > 1) == (share is not None)
    assert payoff.surcharge("other") == 0.0


def test_what_was_learnt_can_be_taken_over() -> None:
    one, other = Payoff(), Payoff()
    one.tried("good", 1.0, 1.0)
    one.tried("bad", 5.0, 0.0)
    other.restore({origin: Account(each.seconds, each.gains) for origin, each in one.accounts.items()})
    assert [other.surcharge(origin) for origin in ("good", "bad")] == [one.surcharge(o) for o in ("good", "bad")]
