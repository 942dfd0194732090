"""A mypy plugin: what Streamlit reads as Markdown is made of the program's own words, numbers, days and ``Markdown``.

``Markdown`` (``server.typed_text``) is a type of its own: ``as_typed`` makes it of stored text, ``Markdown(…)`` of words that
pass the same rule. Where a function of ours asks for ``Markdown``, such words pass as they stand.
"""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from mypy.nodes import (
    AssignmentStmt,
    Block,
    CallExpr,
    ConditionalExpr,
    DictExpr,
    Expression,
    FloatExpr,
    ForStmt,
    GeneratorExpr,
    IndexExpr,
    IntExpr,
    LambdaExpr,
    ListComprehension,
    ListExpr,
    MemberExpr,
    MypyFile,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    OpExpr,
    RefExpr,
    ReturnStmt,
    StarExpr,
    StrExpr,
    TupleExpr,
    Var,
    WithStmt,
)
from mypy.plugin import FunctionContext, FunctionSigContext, Plugin
from mypy.types import (
    CallableType,
    FunctionLike,
    Instance,
    LiteralType,
    NoneType,
    TupleType,
    Type,
    UnionType,
    get_proper_type,
)

MARKDOWN = "server.typed_text.Markdown"
MARKUP = "markupsafe.Markup"
# The one module that makes Markdown of typed text.
MAKER = "server.typed_text"
OURS = ("pages.", "server.")
LABEL = ("label", "help")
BODY = ("body", "help")
NOTICE = ("body", "title")
CHOICE = ("label", "help", "options", "format_func", "captions")
# Streamlit's calls → their parameters that are read as Markdown, or as HTML.
SHOWN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        [
            "badge",
            "button",
            "checkbox",
            "date_input",
            "datetime_input",
            "download_button",
            "expander",
            "file_uploader",
            "form_submit_button",
            "link_button",
            "menu_button",
            "multiselect",
            "number_input",
            "page_link",
            "popover",
            "selectbox",
            "slider",
            "status",
            "text_area",
            "text_input",
            "time_input",
            "toggle",
            "update",
            "audio_input",
            "camera_input",
            "color_picker",
        ],
        LABEL,
    ),
    **dict.fromkeys(["caption", "header", "html", "latex", "markdown", "subheader", "text", "title"], BODY),
    **dict.fromkeys(["error", "info", "success", "toast", "warning"], NOTICE),
    **dict.fromkeys(["pills", "radio", "segmented_control", "select_slider"], CHOICE),
    "Page": ("title", "help"),
    "dialog": ("title",),
    "image": ("caption",),
    "metric": ("label", "value", "delta", "help"),
    "progress": ("text",),
    "spinner": ("text",),
    "table": ("data",),
    "tabs": ("tabs",),
    "write": ("args",),
    # A column's title is drawn as it is, what it says when pointed at is Markdown.
    **dict.fromkeys(
        [
            "CheckboxColumn",
            "Column",
            "DateColumn",
            "DatetimeColumn",
            "LinkColumn",
            "ListColumn",
            "MultiselectColumn",
            "NumberColumn",
            "ProgressColumn",
            "SelectboxColumn",
            "TextColumn",
            "TimeColumn",
        ],
        ("help",),
    ),
}
HARMLESS = {f"datetime.{name}" for name in ("date", "datetime", "time", "timedelta")} | {
    "builtins.int",
    "builtins.float",
    "builtins.bool",
    MARKDOWN,
}
# Modules whose functions word numbers and days, and functions that word codes of the program.
WORDING = ("school.numbers.", "school.calendar.")
OWN_WORDS = {f"school.term_marks.actions.settings.{name}" for name in ("rounding_text",)} | {
    "pages.people.parts.staff_card.role_titles",
    "pages.people.parts.staff_card.state_of",
    "pages.ui.leave_hints.leave_title",
    "pages.ui.leave_hints.short_day",
    "pages.ui.typed_text.plain_number",
}
# Records of the program's own tables: their texts are written in the code.
OWN_RECORDS = {
    "school.access.roles.RoleRow",
    "school.data_checks.rules.DataCheck",
    "school.files.fields.ImportField",
    "school.files.fields.ImportForm",
    "school.guide.rules.Guide",
    "school.imports.kinds.KindWords",
    "school.paper.rules.PaperRule",
    "school.reports.rules.ReportRule",
    "school.year.rules.opening.Step",
    "pages.analytics.parts.scene.Group",
    "pipelines.figures.finding_words.ControlWords",
    "pipelines.reports.making.Form",
    "server.menu.rows.PageRow",
    "server.menu.rows.Place",
}
KEEPING = {
    "capitalize",
    "lower",
    "lstrip",
    "removeprefix",
    "removesuffix",
    "replace",
    "rstrip",
    "strip",
    "title",
    "upper",
}
BUILDING = {f"builtins.{name}" for name in ("iter", "list", "next", "reversed", "sorted", "str", "tuple")}
NUMBER_FORMAT = re.compile(r".*[dfgeE%,]$|.*%[a-zA-Z]|^\+")
CHANGING = {"add", "append", "extend", "insert", "setdefault", "update"}


def _statements(whole: Block) -> Iterator[Node]:
    """Yield every statement of a block and of the blocks and functions in it."""
    for statement in whole.body:
        yield statement
        for name in ("func", "defs", "body", "else_body", "handlers", "finally_body", "bodies"):
            inner = getattr(statement, name, None)
            for each in inner if isinstance(inner, list) else [inner]:
                # A decorated function holds the function, which holds the block.
                block = each if isinstance(each, Block) else getattr(each, "body", None)
                if isinstance(block, Block):
                    yield from _statements(block)


Values = dict[Var, list[Expression | None]]


def _note(values: Values, target: Expression | None, value: Expression | None) -> None:
    if isinstance(target, (TupleExpr, ListExpr)):
        is_even = isinstance(value, TupleExpr) and len(value.items) == len(target.items)
        for place, each in enumerate(target.items):
            _note(values, each, value.items[place] if is_even and isinstance(value, TupleExpr) else None)
    elif isinstance(target, NameExpr) and isinstance(target.node, Var):
        values.setdefault(target.node, []).append(value)


def _assigned(module: MypyFile) -> Values:
    """Return what each variable of a module is given; None stands for what a loop, ``with`` or unpacking gives."""
    values: Values = {}
    top = Block(list(module.defs))
    for statement in _statements(top):
        if isinstance(statement, AssignmentStmt):
            for target in statement.lvalues:
                _note(values, target, statement.rvalue)
        elif isinstance(statement, OperatorAssignmentStmt):
            _note(values, statement.lvalue, statement.rvalue if statement.op == "+" else None)
        elif isinstance(statement, ForStmt):
            _note(values, statement.index, None)
        elif isinstance(statement, WithStmt):
            for each in statement.target:
                _note(values, each, None)
    return values


@cache
def _changed_names(path: str) -> set[str]:
    """Return the names that a module changes elsewhere than in an assignment: ``:=``, ``parts.append``, ``parts[0] =``."""
    names = set()
    for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.NamedExpr):
            names.add(node.target.id)
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING
        ):
            names.add(ast.unparse(node.func.value))
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            names.add(ast.unparse(node.value))
    return names


class Rule:
    """Whether an expression may be shown: what it is made of, or, where that does not say, its type."""

    def __init__(self, api: Any) -> None:
        self.api = api
        self.asked: set[Var] = set()

    def passes(self, each: Expression) -> bool:
        """Return whether the value of an expression holds no text that was stored or typed."""
        made_of = self._made_of(each)
        if made_of is not None and all(map(self.passes, made_of)):
            return True
        return self._is_own(each) or is_harmless(self._type_of(each))

    def is_literal(self, each: Expression) -> bool:
        """Return whether it is written in the program as it stands."""
        return isinstance(each, StrExpr) or self._is_own(each)

    def is_markup(self, each: Expression) -> bool:
        """Return whether it is HTML written in the program, stored text in it only as ``Markup.format`` escapes it."""
        given = get_proper_type(self._type_of(each))
        return self.is_literal(each) or (isinstance(given, Instance) and given.type.fullname == MARKUP)

    def _type_of(self, each: Expression) -> Type:
        return self.api.lookup_type(each) if self.api.has_type(each) else self.api.get_expression_type(each)

    def _made_of(self, each: Expression) -> list[Expression] | None:  # noqa: PLR0911, PLR0912
        """Return the parts that an expression's value is put together of; None where it is not known."""
        match each:
            case StrExpr() | IntExpr() | FloatExpr():
                return []
            case OpExpr(op="+" | "or" | "and" | "*"):
                return [each.left, each.right]
            case ConditionalExpr():
                return [each.if_expr, each.else_expr]
            case ListExpr() | TupleExpr():
                return each.items
            case DictExpr():
                return [value for _, value in each.items]
            case StarExpr():
                return [each.expr]
            case ListComprehension():
                return [each.generator.left_expr]
            case GeneratorExpr():
                return [each.left_expr]
            case IndexExpr():
                return [each.base]
            case LambdaExpr():
                (statement,) = each.body.body
                return [statement.expr] if isinstance(statement, ReturnStmt) and statement.expr else None
            case CallExpr(callee=MemberExpr() as callee):
                return self._made_by_method(callee, each.args)
            case CallExpr(callee=RefExpr(fullname=name)) if name in BUILDING:
                return each.args
            case CallExpr(callee=RefExpr(fullname="builtins.filter")):
                return each.args[1:]
            case CallExpr(callee=RefExpr(fullname="builtins.map")) if is_harmless(
                self._type_of(each.args[0])
            ):
                return []
            case MemberExpr(name="__getitem__"):
                return [each.expr]
            case NameExpr(node=Var() as variable):
                return self._values_of(variable)
        return None

    def _made_by_method(self, callee: MemberExpr, args: list[Expression]) -> list[Expression] | None:
        if callee.name == "format" and isinstance(callee.expr, StrExpr):
            # An f-string's «{value:spec}»: no text can be written as a number or a day.
            is_number = callee.expr.value == "{:{}}" and isinstance(args[1], StrExpr)
            return [] if is_number and NUMBER_FORMAT.match(args[1].value) else args
        if callee.name == "join" or callee.name in KEEPING:
            return [callee.expr, *args]
        if callee.name in {"get", "values"}:
            return [callee.expr, *args[1:]]
        return None

    def _values_of(self, variable: Var) -> list[Expression] | None:
        values = _values(self.api.tree).get(variable, [None])
        if None in values or variable in self.asked or variable.name in _changed_names(self.api.tree.path):
            return None
        self.asked.add(variable)
        is_own = all(value is not None and self.passes(value) for value in values)
        self.asked.discard(variable)
        return [] if is_own else None

    def _is_own(self, each: Expression) -> bool:
        """Return whether it is a constant of the program, a member of a table of its own, or words of its own functions."""
        match each:
            case RefExpr(node=Var(), name=name) if name.strip("_").isupper() or name == "__version__":
                return True
            case CallExpr(callee=RefExpr(fullname=name)):
                return name.startswith(WORDING) or name in OWN_WORDS
            case MemberExpr():
                owner = get_proper_type(self._type_of(each.expr))
                return isinstance(owner, Instance) and (
                    owner.type.is_enum or owner.type.fullname in OWN_RECORDS
                )
        return False


_values_by_module: dict[str, tuple[MypyFile, Values]] = {}


def _values(module: MypyFile) -> Values:
    kept = _values_by_module.get(module.fullname)
    if kept is None or kept[0] is not module:
        kept = _values_by_module[module.fullname] = (module, _assigned(module))
    return kept[1]


def is_harmless(given: Type) -> bool:
    """Return whether no value of this type is a text that was stored or typed."""
    match get_proper_type(given):
        case NoneType() | LiteralType():
            return True
        case UnionType(items=items) | TupleType(items=items):
            return all(map(is_harmless, items))
        case CallableType(ret_type=result):
            return is_harmless(result)
        case Instance() as instance:
            name = instance.type.fullname
            is_of_harmless = bool(instance.args) and all(map(is_harmless, instance.args))
            return name in HARMLESS or instance.type.is_enum or is_of_harmless
    return False


def _is_markdown(given: Type) -> bool:
    match get_proper_type(given):
        case UnionType(items=items):
            return any(map(_is_markdown, items))
        case Instance() as instance:
            return instance.type.fullname == MARKDOWN
    return False


def _check(call: str, parameters: tuple[str, ...], context: FunctionContext) -> Type:
    rule = Rule(context.api)
    given = dict(zip(context.callee_arg_names, context.args, strict=True))
    if any(given.get("unsafe_allow_html", [])):
        context.api.fail("HTML among Markdown: st.html takes what is written in the program", context.context)
    # What a function words is shown by its words.
    skipped = {"options"} if given.get("format_func") else set()
    for parameter in set(parameters) - skipped:
        for each in given.get(parameter, []):
            if not (rule.is_markup(each) if call == "html" else rule.passes(each)):
                context.api.fail(
                    f"{call}({parameter}) is read as Markdown: as_typed(…) around stored text", each
                )
    return context.default_return_type


def _check_made(context: FunctionContext) -> Type:
    is_maker = context.api.tree.fullname == MAKER  # type: ignore[attr-defined]
    return context.default_return_type if is_maker else _check("Markdown", ("item",), context)


def _widen(context: FunctionSigContext) -> FunctionLike:
    """Let words that pass stand where ``Markdown`` is asked for."""
    rule, signature = Rule(context.api), context.default_signature
    text = context.api.named_generic_type("builtins.str", [])
    types = list(signature.arg_types)
    for place, given in enumerate(context.args):
        if given and _is_markdown(types[place]) and all(map(rule.passes, given)):
            types[place] = UnionType.make_union([types[place], text])
    return signature.copy_modified(arg_types=types)


class MarkdownPlugin(Plugin):
    """Refuses stored text where Streamlit reads Markdown."""

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """Return what checks a call of streamlit's, or the making of ``Markdown``."""
        call = fullname.rpartition(".")[2]
        if fullname == MARKDOWN:
            return _check_made
        if fullname == MARKUP:
            return partial(_check, "html", ("object",))
        return (
            partial(_check, call, SHOWN[call])
            if fullname.startswith("streamlit.") and call in SHOWN
            else None
        )

    def get_method_hook(self, fullname: str) -> Any:
        """As ``get_function_hook``: ``place.markdown`` is ``st.markdown``."""
        return self.get_function_hook(fullname)

    def get_function_signature_hook(
        self, fullname: str
    ) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Return what widens the parameters of our own functions."""
        return _widen if fullname.startswith(OURS) and fullname != MARKDOWN else None


def plugin(_version: str) -> type[Plugin]:
    """Return the plugin, as mypy asks for it."""
    return MarkdownPlugin
