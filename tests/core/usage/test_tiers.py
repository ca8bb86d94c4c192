from collections.abc import Callable

import pytest

from modelshelf.core.errors import InputError, NotFoundError
from modelshelf.core.events import UsageChanged
from modelshelf.core.model import ModelId
from modelshelf.core.usage.tiers import Tier, Tiers

BIG, SMALL = ModelId("Qwen/Qwen3-32B"), ModelId("Qwen/Qwen3-0.6B")


@pytest.fixture
def tiers(make_world: Callable) -> Tiers:
    return make_world().tiers


def test_high_and_low_always_exist_and_come_first(tiers: Tiers):
    assert tiers.all() == (Tier("high", None), Tier("low", None))
    tiers.set("draft", SMALL)
    tiers.set("low", SMALL)
    tiers.set("a-better-one", BIG)
    assert tiers.all() == (
        Tier("high", None),
        Tier("low", SMALL),
        Tier("draft", SMALL),
        Tier("a-better-one", BIG),
    )
    tiers.set("draft", BIG)
    assert [tier.name for tier in tiers.all()] == ["high", "low", "draft", "a-better-one"]


def test_clearing_leaves_the_tier_and_removing_takes_it(tiers: Tiers):
    tiers.set("draft", SMALL)
    tiers.clear("draft")
    assert tiers.all()[2] == Tier("draft", None)
    tiers.remove("draft")
    assert len(tiers.all()) == 2
    with pytest.raises(NotFoundError):
        tiers.remove("draft")
    with pytest.raises(NotFoundError):
        tiers.clear("draft")


@pytest.mark.parametrize("name", ["high", "low"])
def test_high_and_low_can_be_emptied_but_not_removed(tiers: Tiers, name: str):
    tiers.clear(name)
    tiers.set(name, BIG)
    with pytest.raises(InputError, match="always exists") as caught:
        tiers.remove(name)
    assert f"tiers clear {name}" in caught.value.hint
    tiers.clear(name)
    assert Tier(name, None) in tiers.all()


def test_a_name_nobody_could_type_is_refused(tiers: Tiers):
    with pytest.raises(InputError):
        tiers.set("\n", BIG)


def test_forgetting_a_model_empties_its_tiers_and_no_other(tiers: Tiers):
    tiers.set("high", BIG)
    tiers.set("low", SMALL)
    tiers.set("draft", SMALL)
    assert tiers.forget(SMALL) == ("draft", "low")
    assert tiers.all() == (Tier("high", BIG), Tier("low", None), Tier("draft", None))


def test_changes_are_told(make_world: Callable):
    world = make_world()
    world.tiers.clear("high")
    assert world.events == []
    world.tiers.set("high", BIG)
    assert world.events == [UsageChanged("tiers")]
