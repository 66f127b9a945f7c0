"""Python."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from rules.engine.flags.tree.grammar import Branch, Grammar, Pair, words

PYTHON: Final = Grammar(
    catalogue="python",
    bare=words("expression_statement"),
    branches=MappingProxyType(
        {
            "if_statement": Branch("condition", "consequence", "alternative"),
            "elif_clause": Branch("condition", "consequence"),
            "while_statement": Branch("condition", "body"),
            "conditional_expression": Branch("@1", "@0", "@2"),
        }
    ),
    switches=MappingProxyType({"match_statement": "subject"}),
    arms=MappingProxyType({"case_clause": "case_pattern"}),
    labels=words("case_pattern union_pattern"),
    catches=words("dotted_name _"),
    clauses=words("elif_clause else_clause"),
    blocks=words("block module"),
    passing=words("with_statement"),
    statements=words("assert_statement"),
    steps=words("if_statement"),
    filters=words("if_clause"),
    decorators=words("decorator"),
    lone=words("expression_statement await"),
    keys=words("pair keyword_argument"),
    hands_on=words("pair keyword_argument"),
    computed=words("subscript"),
    bases=words("superclasses"),
    imported=words("identifier"),
    modules=words("dotted_name"),
    functions=words("function_definition lambda"),
    classes=words("class_definition"),
    exits=words("return_statement raise_statement continue_statement break_statement"),
    calls=words("call"),
    members=MappingProxyType({"attribute": Pair("object", "attribute"), "subscript": Pair("value", "subscript")}),
    assigns=MappingProxyType(
        {
            "assignment": Pair("left", "right"),
            "augmented_assignment": Pair("left", "operator"),
            "named_expression": Pair("name", "value"),
        }
    ),
    binders=MappingProxyType({"for_statement": "left", "for_in_clause": "left", "as_pattern": "alias"}),
    names=words("identifier"),
    imports=words("import_statement import_from_statement future_import_statement"),
    dropped=words("comment type pass_statement global_statement nonlocal_statement type_alias_statement"),
    logic=words("boolean_operator"),
    negations=words("not_operator"),
    comparisons=words("comparison_operator"),
    transparent=words("parenthesized_expression await argument_list"),
    strings=words("string concatenated_string"),
    patterns=words("pattern_list tuple_pattern list_pattern"),
    decorated=words("decorated_definition"),
    operators=MappingProxyType(
        {"and": "and", "or": "or", "not": "not", "==": "is", "is": "is", "!=": "is not", "is not": "is not"}
    ),
    true=words("true"),
    false=words("false"),
    empty=words("none"),
    never_returns=words("sys.exit exit abort os._exit"),
    parameters=words("parameters lambda_parameters"),
    defaults=words("default_parameter typed_default_parameter"),
    own="self",
)
