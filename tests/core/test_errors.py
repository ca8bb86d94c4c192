import inspect

import pytest

from modelshelf.core import errors
from modelshelf.core.errors import (
    EXIT_CODES,
    ErrorCode,
    ErrorInfo,
    ModelshelfError,
    NetworkError,
    OfflineError,
    error_from,
)


@pytest.mark.parametrize("code", ErrorCode)
def test_every_code_has_an_exit_code_and_comes_back_from_another_process(code: ErrorCode):
    info = ErrorInfo(code, "What happened.", "What to do.", "Where.")
    error = error_from(info)
    assert error.info == info
    assert error.exit_code == EXIT_CODES[code]
    assert str(error) == "What happened."
    assert 1 <= error.exit_code <= 9


def test_no_kind_of_failure_is_left_without_a_code():
    kinds = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, ModelshelfError) and kind not in (ModelshelfError, OfflineError)
    ]
    assert len({kind.code for kind in kinds}) == len(kinds) == len(ErrorCode)


def test_json_is_the_contract_and_keeps_details_to_itself():
    error = NetworkError("No connection.", hint="Try again.", details="/home/me")
    assert error.info.as_json() == {
        "code": "ERR_NETWORK",
        "message": "No connection.",
        "hint": "Try again.",
    }


def test_exit_codes_are_those_that_scripts_rely_on():
    assert {code.value: number for code, number in EXIT_CODES.items()} == {
        "ERR_DISK_SPACE": 7,
        "ERR_FORMAT": 9,
        "ERR_TIMEOUT": 6,
        "ERR_NETWORK": 6,
        "ERR_REGISTRY": 9,
        "ERR_INTEGRITY": 8,
        "ERR_GATED": 5,
        "ERR_PERMISSION": 3,
        "ERR_IN_USE": 3,
        "ERR_BUSY": 3,
        "ERR_CONFIRM": 3,
        "ERR_STALE_PLAN": 3,
        "ERR_NOT_FOUND": 4,
        "ERR_INPUT": 9,
        "ERR_TOKEN": 5,
        "ERR_MEMORY": 3,
        "ERR_BUG": 1,
    }
