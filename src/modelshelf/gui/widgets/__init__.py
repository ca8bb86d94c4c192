"""The controls everything on screen is made of.

    Button("Download", Kind.PRIMARY, icon="download")      Kind: PRIMARY, SOFT, PLAIN, QUIET,
                                        DANGER (plain with red words), DESTRUCTIVE (filled red)
    IconButton("settings", "Settings")                     square; the name is tooltip and speech
    ChoiceButton("Status")                                 .set_choices([("All", None), …]), .chosen
    Label("…", Look.TITLE|HEADING|SUBHEADING|BODY|STRONG|SECONDARY|CAPTION|HINT|DANGER, wrap=True)
    ElidedLabel, Rule, Pill("Installed", Tone.GOOD, "check")
    Tabs("Model types")                     .add("LLMs", 31), .set_count, currentChanged
    SearchField("Filter this list", hint="Ctrl K"), DropDown("Type") (a QComboBox),
    NumberField("Connections", 1, 64)
    Labelled("Model", field, hint)          label above; .refuse("what is wrong") below
    Segments("Pooling", [("Mean", "mean"), …])             .value, .choose, .chosen
    CheckBox, RadioButton, ProgressBar("…")                .set_fraction(done, total)
    Card, ScrollColumn                                     fill through .column
    Facts                                                  .show_facts([("Licence", "MIT"), …])
    EmptyState(icon, title, sentence, action)              .acted
    Banner(icon, sentence, action)                         .acted
    ModelshelfDialog(title, subtitle, parent, width=480)   .body, .add_button(text, kind, default=…)
    ToastArea(host).tell(Notice("… is installed", Tone.GOOD))
    FindingList                             .show_findings(plan.findings, {kind: "Open"}), .opened
    FlowRow                                 a layout that breaks into lines
    TintedIcon("cpu", "danger")             an icon that follows the theme
    Menu                                                   a QMenu with round corners

In modules of their own, because dialogs and settings alone need them:

    options.OptionList("What to download")  one of several with a line each; .set_options, .chosen
    fold.Fold("Advanced options")           folded at first; fill it through .column
    stacked_bar.StackedBar("Disk")          .show_parts((BarPart(amount, token), …), total)
    busy.BusyBar("Asking the Hub")          a wait of unknown length
    token_field.TokenField("Keep it")       a hidden access token; .given

Line edits, text edits, spin boxes, tables and trees are Qt's own, dressed by the style sheet; a
view that stands alone gets `setProperty("framed", True)`. Spacing is a multiple of 4, mostly 8, 12,
16 and 24; margins in layouts are set by hand. Widgets hold no colour; see `gui.theme`.
"""

from modelshelf.gui.widgets.buttons import Button, ChoiceButton, IconButton
from modelshelf.gui.widgets.choices import CheckBox, RadioButton, Segments
from modelshelf.gui.widgets.dialog import ModelshelfDialog
from modelshelf.gui.widgets.fields import DropDown, Labelled, NumberField, SearchField
from modelshelf.gui.widgets.findings import FindingList, FindingRow, TintedIcon
from modelshelf.gui.widgets.flow import FlowRow
from modelshelf.gui.widgets.labels import ElidedLabel, Label, Look, Pill, Rule
from modelshelf.gui.widgets.menu import Menu
from modelshelf.gui.widgets.painting import Kind, Tone
from modelshelf.gui.widgets.panels import Banner, Card, EmptyState, Facts, ScrollColumn, Skeleton
from modelshelf.gui.widgets.progress import ProgressBar, permille
from modelshelf.gui.widgets.tabs import Tabs
from modelshelf.gui.widgets.toast import Notice, ToastArea

__all__ = [
    "Banner",
    "Button",
    "Card",
    "CheckBox",
    "ChoiceButton",
    "DropDown",
    "ElidedLabel",
    "EmptyState",
    "Facts",
    "FindingList",
    "FindingRow",
    "FlowRow",
    "IconButton",
    "Kind",
    "Label",
    "Labelled",
    "Look",
    "Menu",
    "ModelshelfDialog",
    "Notice",
    "NumberField",
    "Pill",
    "ProgressBar",
    "RadioButton",
    "Rule",
    "ScrollColumn",
    "SearchField",
    "Segments",
    "Skeleton",
    "Tabs",
    "TintedIcon",
    "ToastArea",
    "Tone",
    "permille",
]
