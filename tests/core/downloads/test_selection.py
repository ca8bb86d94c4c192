import hashlib

import pytest

from modelshelf.core.downloads.request import DownloadRequest
from modelshelf.core.downloads.selection import VariantNeededError, choose
from modelshelf.core.errors import FormatError, NotFoundError
from modelshelf.core.hub.schema import RemoteFile
from modelshelf.core.model import ModelId

MODEL = ModelId("org/model")


def repo(*paths: str) -> list[RemoteFile]:
    return [
        RemoteFile(path, 1000 + index, hashlib.sha1(path.encode()).hexdigest(), None, None)
        for index, path in enumerate(paths)
    ]


def taken(*paths: str, **choice) -> list[str]:
    return [file.path for file in choose(repo(*paths), DownloadRequest(MODEL, **choice)).files]


SIDE = ("README.md", "config.json", "tokenizer.json")


def test_safetensors_are_taken_before_every_other_format():
    assert taken(
        *SIDE,
        "model.safetensors",
        "pytorch_model.bin",
        "tf_model.h5",
        "flax_model.msgpack",
        "onnx/model.onnx",
        "onnx/model.onnx_data",
        "openvino/openvino_model.bin",
        "openvino/openvino_model.xml",
        "coreml/model.mlpackage/Data/weights",
        "rust_model.ot",
    ) == [*SIDE, "model.safetensors"]


def test_the_index_of_a_sharded_model_stays_with_its_format():
    shards = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
    assert taken(
        *shards, "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"
    ) == [*shards, "model.safetensors.index.json"]


def test_pytorch_is_next_and_a_variant_can_name_another_format():
    files = ("config.json", "pytorch_model.bin", "tf_model.h5", "onnx/model.onnx")
    assert taken(*files) == ["config.json", "pytorch_model.bin"]
    assert taken(*files, variant="ONNX") == ["config.json", "onnx/model.onnx"]


def test_a_module_that_has_only_pytorch_weights_keeps_them():
    files = (
        "config.json",
        "model.safetensors",
        "pytorch_model.bin",
        "2_Dense/config.json",
        "2_Dense/pytorch_model.bin",
        "original/consolidated.00.pth",
    )
    assert taken(*files) == [
        "config.json",
        "model.safetensors",
        "2_Dense/config.json",
        "2_Dense/pytorch_model.bin",
    ]


def test_second_copies_of_the_same_weights_are_left_out():
    assert taken(
        "consolidated.safetensors",
        "model-00001-of-00001.safetensors",
        "original/model.safetensors",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "unet/diffusion_pytorch_model.fp16.safetensors",
    ) == [
        "model-00001-of-00001.safetensors",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
    ]


GGUF = (
    "README.md",
    "imatrix_unsloth.gguf",
    "mmproj-F16.gguf",
    "mmproj-F32.gguf",
    "model-UD-IQ2_XXS.gguf",
    "model.Q4_K_M.gguf",
    "Q8_0/model-Q8_0-00001-of-00002.gguf",
    "Q8_0/model-Q8_0-00002-of-00002.gguf",
)


def test_several_quantisations_need_a_choice_that_lists_them():
    with pytest.raises(VariantNeededError) as refusal:
        taken(*GGUF)
    assert [v.name for v in refusal.value.variants] == ["UD-IQ2_XXS", "Q4_K_M", "Q8_0"]
    assert "Q4_K_M" in refusal.value.message
    assert refusal.value.exit_code == 3


def test_a_chosen_quantisation_brings_its_parts_and_its_projector():
    assert taken(*GGUF, variant="q8_0") == [
        "README.md",
        "mmproj-F16.gguf",
        "Q8_0/model-Q8_0-00001-of-00002.gguf",
        "Q8_0/model-Q8_0-00002-of-00002.gguf",
    ]


def test_the_only_quantisation_needs_no_choice():
    assert taken("README.md", "tiny-q4_0.gguf") == ["README.md", "tiny-q4_0.gguf"]


def test_two_models_of_one_quantisation_are_told_apart_by_name():
    with pytest.raises(VariantNeededError) as refusal:
        taken("a-Q4_0.gguf", "b-Q4_0.gguf")
    assert [v.name for v in refusal.value.variants] == ["a-Q4_0", "b-Q4_0"]


def test_an_unknown_variant_is_refused_with_the_names_there_are():
    with pytest.raises(NotFoundError) as refusal:
        taken(*GGUF, variant="Q5_K_M")
    assert "Q4_K_M" in refusal.value.hint


def test_globs_choose_over_whole_paths():
    files = (*SIDE, "model.safetensors", "onnx/model.onnx", "onnx/config.json")
    assert taken(*files, include=("onnx/",)) == ["onnx/model.onnx", "onnx/config.json"]
    assert taken(*files, include=("*.json",), exclude=("onnx/*",)) == list(SIDE[1:])
    assert taken(*files, exclude=("*.md",)) == [
        "config.json",
        "tokenizer.json",
        "model.safetensors",
        "onnx/config.json",
    ]
    with pytest.raises(NotFoundError):
        taken(*files, include=("*.nothing",))


def test_everything_takes_everything():
    files = (*GGUF, "model.safetensors", "pytorch_model.bin")
    assert taken(*files, everything=True) == list(files)


def test_a_request_survives_the_database():
    request = DownloadRequest(MODEL, "refs/pr/1", "Q4_K_M", ("*.json",), ("x",), True)
    assert DownloadRequest.from_json(request.to_json()) == request


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"model_id": "../x"}', "null"])
def test_a_damaged_request_is_refused(text: str):
    with pytest.raises(FormatError):
        DownloadRequest.from_json(text)
