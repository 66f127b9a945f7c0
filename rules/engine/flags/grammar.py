"""What each language calls the parts that decide whether a line runs: one table each, and nothing else knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

from rules.engine.syntax import tables


class Branch(NamedTuple):
    """Where the parts of a branching node are: a field, or `@n` for the n-th kept child; empty where there is none."""

    condition: str
    then: str
    other: str = ""


class Pair(NamedTuple):
    """Where the target and the value of an assignment are, by field names."""

    target: str
    value: str


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language: node types of its grammar by what they mean.

    `branches` decide what runs; `clauses` are further branches inside one, in order. `assigns` bind a name to a value,
    `binders` bind one to something unknown. `transparent` nodes have the truth of what is inside. `members` read one
    name of an object. `dropped` nodes never run: comments, types. `imports` name what is imported.
    """

    catalogue: str
    branches: Mapping[str, Branch]
    blocks: frozenset[str]
    statements: frozenset[str]
    functions: frozenset[str]
    classes: frozenset[str]
    exits: frozenset[str]
    calls: frozenset[str]
    members: Mapping[str, Pair]
    assigns: Mapping[str, Pair]
    binders: Mapping[str, str]
    names: frozenset[str]
    imports: frozenset[str]
    dropped: frozenset[str]
    logic: frozenset[str]
    comparisons: frozenset[str]
    transparent: frozenset[str]
    strings: frozenset[str]
    clauses: frozenset[str] = frozenset()
    negations: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    decorated: frozenset[str] = frozenset()
    components: Mapping[str, str] = field(default_factory=dict)
    operators: Mapping[str, str] = field(default_factory=dict)
    true: frozenset[str] = frozenset()
    false: frozenset[str] = frozenset()
    never_returns: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    defaults: frozenset[str] = frozenset()
    own: str = ""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PYTHON: Final = Grammar(
    catalogue="python",
    branches=MappingProxyType(
        {
            "if_statement": Branch("condition", "consequence", "alternative"),
            "elif_clause": Branch("condition", "consequence"),
            "while_statement": Branch("condition", "body"),
            "conditional_expression": Branch("@1", "@0", "@2"),
        }
    ),
    clauses=_words("elif_clause else_clause"),
    blocks=_words("block module"),
    passing=_words("with_statement"),
    statements=_words("assert_statement"),
    functions=_words("function_definition lambda"),
    classes=_words("class_definition"),
    exits=_words("return_statement raise_statement continue_statement break_statement"),
    calls=_words("call"),
    members=MappingProxyType({"attribute": Pair("object", "attribute"), "subscript": Pair("value", "subscript")}),
    assigns=MappingProxyType(
        {
            "assignment": Pair("left", "right"),
            "augmented_assignment": Pair("left", "operator"),
            "named_expression": Pair("name", "value"),
        }
    ),
    binders=MappingProxyType({"for_statement": "left", "for_in_clause": "left", "as_pattern": "alias"}),
    names=_words("identifier"),
    imports=_words("import_statement import_from_statement future_import_statement"),
    dropped=_words("comment type pass_statement global_statement nonlocal_statement type_alias_statement"),
    logic=_words("boolean_operator"),
    negations=_words("not_operator"),
    comparisons=_words("comparison_operator"),
    transparent=_words("parenthesized_expression await argument_list"),
    strings=_words("string concatenated_string"),
    patterns=_words("pattern_list tuple_pattern list_pattern"),
    decorated=_words("decorated_definition"),
    operators=MappingProxyType(
        {"and": "and", "or": "or", "not": "not", "==": "is", "is": "is", "!=": "is not", "is not": "is not"}
    ),
    true=_words("true"),
    false=_words("false none"),
    never_returns=_words("sys.exit exit abort os._exit"),
    parameters=_words("parameters lambda_parameters"),
    defaults=_words("default_parameter typed_default_parameter"),
    own="self",
)

JAVASCRIPT: Final = Grammar(
    catalogue="javascript",
    branches=MappingProxyType(
        {
            "if_statement": Branch("condition", "consequence", "alternative"),
            "ternary_expression": Branch("condition", "consequence", "alternative"),
            "while_statement": Branch("condition", "body"),
        }
    ),
    clauses=_words("else_clause"),
    blocks=_words("statement_block program switch_case switch_default class_body"),
    statements=frozenset(),
    functions=_words(
        "function_declaration arrow_function function_expression method_definition generator_function_declaration "
        "generator_function"
    ),
    classes=_words("class_declaration abstract_class_declaration class"),
    exits=_words("return_statement throw_statement continue_statement break_statement"),
    calls=_words("call_expression new_expression"),
    members=MappingProxyType(
        {
            "member_expression": Pair("object", "property"),
            "subscript_expression": Pair("object", "index"),
            "nested_identifier": Pair("object", "property"),
        }
    ),
    assigns=MappingProxyType(
        {
            "variable_declarator": Pair("name", "value"),
            "assignment_expression": Pair("left", "right"),
            "augmented_assignment_expression": Pair("left", "operator"),
            "public_field_definition": Pair("name", "value"),
            "field_definition": Pair("property", "value"),
        }
    ),
    binders=MappingProxyType({"for_in_statement": "left", "catch_clause": "parameter"}),
    names=_words(
        "identifier property_identifier shorthand_property_identifier private_property_identifier "
        "shorthand_property_identifier_pattern"
    ),
    imports=_words("import_statement"),
    dropped=_words(
        "comment html_comment interface_declaration type_alias_declaration type_annotation type_arguments "
        "type_parameters ambient_declaration export_clause function_signature abstract_method_signature "
        "implements_clause accessibility_modifier asserts_annotation type_predicate_annotation empty_statement"
    ),
    logic=_words("binary_expression"),
    negations=_words("unary_expression"),
    comparisons=_words("binary_expression"),
    transparent=_words(
        "parenthesized_expression await_expression as_expression satisfies_expression non_null_expression "
        "jsx_expression arguments"
    ),
    strings=_words("string template_string"),
    patterns=_words("object_pattern array_pattern"),
    decorated=_words("class_declaration abstract_class_declaration export_statement"),
    components=MappingProxyType({"jsx_element": "open_tag"}),
    operators=MappingProxyType(
        {
            "&&": "and",
            "||": "or",
            "??": "else",
            "!": "not",
            "==": "is",
            "===": "is",
            "!=": "is not",
            "!==": "is not",
        }
    ),
    true=_words("true"),
    false=_words("false null undefined"),
    never_returns=_words("notFound process.exit redirect permanentRedirect"),
    parameters=_words("formal_parameters"),
    defaults=_words("assignment_pattern object_assignment_pattern"),
    own="this",
)

GRAMMARS: Final[Mapping[str, tuple[Grammar, tables.Table]]] = MappingProxyType(
    {
        "py": (PYTHON, tables.PYTHON),
        **dict.fromkeys(("js", "jsx", "mjs", "cjs"), (JAVASCRIPT, tables.TSX)),
        **dict.fromkeys(("ts", "mts", "cts"), (JAVASCRIPT, tables.TYPESCRIPT)),
        "tsx": (JAVASCRIPT, tables.TSX),
    }
)
"""By the suffix of a path. JavaScript is read by the TSX grammar, so that both share one table."""
