"""Pictures of the dialogs over their window, in every state."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog

from modelshelf.core.catalogue.custom_model import CustomModel
from modelshelf.core.errors import ErrorCode, ErrorInfo
from modelshelf.core.hub.schema import Access
from modelshelf.core.model import ModelId, ModelType
from modelshelf.core.plan import Finding
from modelshelf.gui.dialogs.add_model import AddModelDialog
from modelshelf.gui.dialogs.close_downloads import CloseDownloadsDialog
from modelshelf.gui.dialogs.delete import DeleteDialog
from modelshelf.gui.dialogs.download import DownloadDialog
from modelshelf.gui.dialogs.error import ErrorDialog
from modelshelf.gui.frame.shortcuts import ShortcutSheet
from modelshelf.gui.main_window import MainWindow
from tests.shots.stage import Gallery, Shot, Stage, with_details
from tests.support import findings, plans, scenes

GALLERY = Gallery()
shot = GALLERY.add


def _delete(stage: Stage, *found: Finding, model_id: ModelId = scenes.QWEN) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = DeleteDialog.ask(window, model_id)
        dialog.show_plan(plans.delete_plan(*found, model_id=model_id), scenes.HOME)
        return dialog

    return Shot.over(with_details(stage.window()), open_it)


@shot
def dialog_delete(stage: Stage) -> Shot:
    return _delete(stage, findings.IS_DEFAULT, findings.IN_TIER, findings.SHARED)


@shot
def dialog_delete_nothing_against_it(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = DeleteDialog.ask(window, scenes.QWEN, plans.revisions())
        dialog.show_plan(plans.delete_plan(), scenes.HOME)
        return dialog

    return Shot.over(stage.window(), open_it)


@shot
def dialog_delete_blocked(stage: Stage) -> Shot:
    found = (findings.IN_COLLECTION, findings.IN_MEMORY, findings.RUNNING_JOB)
    return _delete(stage, *found, model_id=scenes.BGE)


@shot
def dialog_delete_open_files(stage: Stage) -> Shot:
    return _delete(stage, findings.IN_MEMORY)


@shot
def dialog_delete_not_allowed(stage: Stage) -> Shot:
    return _delete(stage, findings.NOT_ALLOWED)


@shot
def dialog_delete_loading(stage: Stage) -> Shot:
    return Shot.over(stage.window(), lambda window: DeleteDialog.ask(window, scenes.QWEN))


@shot
def dialog_delete_failed(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = DeleteDialog.ask(window, scenes.QWEN)
        words = "Qwen3-Embedding-0.6B is not on this machine any more."
        dialog.show_error(ErrorInfo(ErrorCode.NOT_FOUND, words, "Look at the disk again with F5."))
        return dialog

    return Shot.over(stage.window(), open_it)


def _download(stage: Stage, fill: Callable[[DownloadDialog], None]) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        entry = window.models_page.entry(scenes.LLAMA)
        dialog = DownloadDialog.ask(window, scenes.LLAMA, entry)
        fill(dialog)
        return dialog

    return Shot.over(stage.window(), open_it)


@shot
def dialog_download(stage: Stage) -> Shot:
    plan = plans.download_plan()
    return _download(stage, lambda d: d.show_plan(plan, scenes.DISK, Access.GRANTED))


@shot
def dialog_download_needs_token(stage: Stage) -> Shot:
    plan = plans.download_plan()
    return _download(stage, lambda d: d.show_plan(plan, scenes.DISK, Access.NO_TOKEN))


@shot
def dialog_download_licence(stage: Stage) -> Shot:
    plan = plans.download_plan()
    return _download(stage, lambda d: d.show_plan(plan, scenes.DISK, Access.NOT_ACCEPTED))


@shot
def dialog_download_disk_full(stage: Stage) -> Shot:
    plan, disk = plans.download_plan_without_room()
    return _download(stage, lambda d: d.show_plan(plan, disk, Access.GRANTED))


@shot
def dialog_download_loading(stage: Stage) -> Shot:
    return _download(stage, lambda dialog: dialog.start())


@shot
def dialog_download_offline(stage: Stage) -> Shot:
    error = ErrorInfo(
        ErrorCode.NETWORK,
        "The Hub could not be reached: the name huggingface.co could not be looked up.",
        "Check the connection, then try again.",
    )
    return _download(stage, lambda dialog: dialog.show_error(error))


@shot
def dialog_download_by_id(stage: Stage) -> Shot:
    return Shot.over(stage.window(), lambda window: DownloadDialog.ask(window))


@shot
def dialog_download_variants(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = DownloadDialog.ask(window, plans.GGUF)
        dialog.show_plan(plans.gguf_plan("Q4_K_M"), scenes.DISK)
        return dialog

    return Shot.over(stage.window(), open_it)


def _add(stage: Stage, model: CustomModel, typed: str, *, is_unfolded: bool) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = AddModelDialog.ask(window)
        dialog.enter(typed)
        dialog.show_detected(model)
        dialog.fold.set_open(is_unfolded)
        return dialog

    return Shot.over(stage.window(), open_it)


@shot
def dialog_add(stage: Stage) -> Shot:
    return Shot.over(stage.window(), lambda window: AddModelDialog.ask(window))


@shot
def dialog_add_detected(stage: Stage) -> Shot:
    return _add(stage, plans.DETECTED, plans.DETECTED.model_id, is_unfolded=True)


@shot
def dialog_add_unchecked(stage: Stage) -> Shot:
    unknown = CustomModel(ModelId("lab/own-finetune"), ModelType.OTHER)
    return _add(stage, unknown, unknown.model_id, is_unfolded=False)


@shot
def dialog_add_refused(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = AddModelDialog.ask(window)
        dialog.enter(str(scenes.QWEN))
        words = "Qwen/Qwen3-Embedding-0.6B is in the registry already, so it need not be added."
        hint = "Find it in the list as Qwen3-Embedding-0.6B."
        dialog.show_check_failed(ErrorInfo(ErrorCode.INPUT, words, hint))
        return dialog

    return Shot.over(stage.window(), open_it)


@shot
def dialog_edit_model(stage: Stage) -> Shot:
    return Shot.over(stage.window(), lambda w: AddModelDialog.ask(w, plans.DETECTED))


@shot
def dialog_error(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        title = "bge-m3 could not be downloaded"
        return ErrorDialog.tell(window, scenes.CONNECTION_LOST, title=title, action="Retry")

    return Shot.over(stage.window(), open_it)


@shot
def dialog_bug(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = ErrorDialog.tell_bug(window, plans.TRACEBACK)
        dialog.fold.set_open(True)
        return dialog

    return Shot.over(stage.window(), open_it)


@shot
def dialog_close(stage: Stage) -> Shot:
    running = scenes.jobs()[:2]
    return Shot.over(stage.window(), lambda w: CloseDownloadsDialog.ask(w, running))


@shot
def dialog_new_collection(stage: Stage) -> Shot:
    return Shot.over(_in_collections(stage), lambda w: w.collections_page.ask_new())


@shot
def dialog_pick_model(stage: Stage) -> Shot:
    return Shot.over(_in_collections(stage), lambda w: w.collections_page.ask_model())


@shot
def dialog_delete_collection(stage: Stage) -> Shot:
    return Shot.over(_in_collections(stage), lambda w: w.collections_page.ask_delete())


@shot
def dialog_shortcuts(stage: Stage) -> Shot:
    def open_it(window: MainWindow) -> QDialog:
        dialog = ShortcutSheet(window.shell.names, window)
        dialog.open()
        return dialog

    return Shot.over(stage.window(), open_it)


def _in_collections(stage: Stage) -> MainWindow:
    window = stage.window()
    window.open_collection("thesis-rag")
    return window
