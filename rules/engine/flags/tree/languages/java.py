"""Java."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from rules.engine.flags.tree.grammar import Branch, Grammar, Pair, words

JAVA: Final = Grammar(
    catalogue="java",
    shared=True,
    branches=MappingProxyType(
        {
            "if_statement": Branch("condition", "consequence", "alternative"),
            "ternary_expression": Branch("condition", "consequence", "alternative"),
            "while_statement": Branch("condition", "body"),
        }
    ),
    switches=MappingProxyType({"switch_expression": "condition"}),
    arms=MappingProxyType({"switch_block_statement_group": "switch_label", "switch_rule": "switch_label"}),
    labels=words("switch_label"),
    falls=words("switch_block_statement_group"),
    steps=words("if_statement"),
    blocks=words("block program class_body interface_body constructor_body switch_block_statement_group"),
    bodies=words("class_body interface_body"),
    passing=words("synchronized_statement"),
    functions=words("method_declaration constructor_declaration lambda_expression"),
    classes=words("class_declaration interface_declaration enum_declaration record_declaration"),
    exits=words("return_statement throw_statement continue_statement break_statement yield_statement"),
    calls=words("method_invocation object_creation_expression"),
    members=MappingProxyType({"method_invocation": Pair("object", "name"), "field_access": Pair("object", "field")}),
    own="this",
    implicit=True,
    assigns=MappingProxyType(
        {
            "variable_declarator": Pair("name", "value"),
            "assignment_expression": Pair("left", "right"),
            "enum_constant": Pair("name", "arguments"),
        }
    ),
    rebinds=words("assignment_expression"),
    binders=MappingProxyType({"enhanced_for_statement": "name", "catch_formal_parameter": "name"}),
    parameters=words("formal_parameters inferred_parameters"),
    names=words("identifier"),
    type_names=words("type_identifier"),
    imports=words("import_declaration"),
    modules=words("scoped_identifier"),
    dropped=words("line_comment block_comment package_declaration type_arguments type_parameters throws dimensions"),
    logic=words("binary_expression"),
    comparisons=words("binary_expression"),
    negations=words("unary_expression"),
    transparent=words("parenthesized_expression"),
    equals=words("equals equalsIgnoreCase"),
    strings=words("string_literal"),
    lone=words("expression_statement"),
    operators=MappingProxyType({"&&": "and", "||": "or", "!": "not", "==": "is", "!=": "is not"}),
    true=words("true"),
    false=words("false"),
    empty=words("null_literal"),
    decorators=words("annotation marker_annotation"),
    idle_marks=words("annotation marker_annotation"),
    modifiers=words("modifiers"),
    decorated=words("method_declaration class_declaration"),
    bases=words("superclass interfaces"),
    never_returns=words("System.exit"),
    fails_unless=words(
        "Assert.isTrue Assert.state Preconditions.checkArgument Preconditions.checkState Validate.isTrue "
        "Validate.validState checkArgument checkState"
    ),
)
