from collections.abc import Callable
from dataclasses import replace

import pytest

from modelshelf.core.events import UsageChanged
from modelshelf.core.model import ModelId, Role
from modelshelf.core.settings import Settings
from modelshelf.core.usage.preferences import DefaultEmbeddingModel

BGE = ModelId("BAAI/bge-m3")
GPT2 = ModelId("gpt2")


def test_each_role_has_one_default(make_world: Callable):
    world = make_world()
    world.preferences.set(Role.LLM, BGE)
    world.preferences.set(Role.LLM, GPT2)
    world.preferences.set(Role.EMBEDDING, BGE)
    assert world.preferences.all() == {Role.EMBEDDING: BGE, Role.LLM: GPT2}
    world.preferences.clear(Role.LLM)
    assert world.preferences.all() == {Role.EMBEDDING: BGE}


def test_clearing_what_is_clear_tells_nobody(make_world: Callable):
    world = make_world()
    world.preferences.clear(Role.LLM)
    assert world.events == []
    world.preferences.set(Role.LLM, GPT2)
    world.preferences.clear(Role.LLM)
    assert world.events == [UsageChanged("preferences")] * 2


def test_forgetting_a_model_clears_all_its_roles_and_no_other(make_world: Callable):
    preferences = make_world().preferences
    preferences.set(Role.LLM, GPT2)
    preferences.set(Role.EMBEDDING, BGE)
    preferences.set(Role.SPARSE, BGE)
    assert preferences.forget(BGE) == (Role.EMBEDDING, Role.SPARSE)
    assert preferences.all() == {Role.LLM: GPT2}
    assert preferences.forget(BGE) == ()


class TestDefaultEmbeddingModel:
    def test_none_is_set(self, settings: Settings):
        assert DefaultEmbeddingModel.of(settings).model_id is None

    def test_the_environment_decides_before_the_setting(self, settings: Settings):
        chosen = settings.with_value("defaults.embedding_model", BGE)
        assert DefaultEmbeddingModel.of(chosen) == DefaultEmbeddingModel(
            BGE, BGE, "the setting defaults.embedding_model"
        )
        environment = replace(settings.environment, default_embedding_model=GPT2)
        decided = DefaultEmbeddingModel.of(replace(chosen, environment=environment))
        assert decided.model_id == GPT2
        assert "DEFAULT_EMBEDDING_MODEL" in decided.where

    @pytest.mark.parametrize("text", ["../../etc/passwd", "not a model", "a/b/c", "   "])
    def test_what_is_no_model_id_is_no_default(self, settings: Settings, text: str):
        chosen = settings.with_value("defaults.embedding_model", text)
        assert DefaultEmbeddingModel.of(chosen).model_id is None
