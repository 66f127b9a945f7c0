"""JavaScript and TypeScript, with or without markup."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from rules.engine.flags.tree.grammar import Branch, Conditional, Grammar, Pair, words

JAVASCRIPT: Final = Grammar(
    catalogue="javascript",
    bare=words("expression_statement"),
    branches=MappingProxyType(
        {
            "if_statement": Branch("condition", "consequence", "alternative"),
            "ternary_expression": Branch("condition", "consequence", "alternative"),
            "while_statement": Branch("condition", "body"),
        }
    ),
    switches=MappingProxyType({"switch_statement": "value"}),
    arms=MappingProxyType({"switch_case": "value", "switch_default": ""}),
    falls=words("switch_case switch_default"),
    clauses=words("else_clause"),
    blocks=words("statement_block program switch_case switch_default class_body"),
    steps=words("if_statement"),
    bodies=words("class_body"),
    decorators=words("decorator"),
    openings=words("jsx_opening_element jsx_self_closing_element"),
    elements=words("jsx_element jsx_self_closing_element"),
    silent=words("jsx_closing_element"),
    attributes=words("jsx_attribute"),
    conditional=Conditional(
        conditions=words("condition cond when if"),
        gates=words("enabled isEnabled on isOn active isActive flag test value"),
        named=words("Conditional Conditionally Gate Gated Show If When Guard Feature Flag Toggle Render"),
        unlike=words("Wrapper Wrap Wrapped Unless Hide Hidden Not Off Without Disabled"),
        then=words("show then children"),
        other=words("elseShow else otherwise fallback"),
    ),
    lone=words("expression_statement await_expression"),
    keys=words("pair jsx_attribute pair_pattern"),
    hands_on=words("pair jsx_attribute"),
    renaming=words("pair_pattern"),
    shorthands=words("shorthand_property_identifier_pattern"),
    lists=words("array_pattern"),
    exports=words("export_statement"),
    bases=words("class_heritage"),
    imported=words("identifier"),
    loads=frozenset((b"import",)),
    functions=words(
        "function_declaration arrow_function function_expression method_definition generator_function_declaration "
        "generator_function"
    ),
    classes=words("class_declaration abstract_class_declaration class"),
    exits=words("return_statement throw_statement continue_statement break_statement"),
    calls=words("call_expression new_expression"),
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
            "enum_assignment": Pair("name", "value"),
        }
    ),
    rebinds=words("assignment_expression augmented_assignment_expression"),
    binders=MappingProxyType({"for_in_statement": "left", "catch_clause": "parameter"}),
    names=words(
        "identifier property_identifier shorthand_property_identifier private_property_identifier "
        "shorthand_property_identifier_pattern"
    ),
    imports=words("import_statement"),
    dropped=words(
        "comment html_comment interface_declaration type_alias_declaration type_annotation type_arguments "
        "type_parameters ambient_declaration export_clause function_signature abstract_method_signature "
        "implements_clause accessibility_modifier asserts_annotation type_predicate_annotation empty_statement"
    ),
    logic=words("binary_expression"),
    negations=words("unary_expression"),
    comparisons=words("binary_expression"),
    transparent=words(
        "parenthesized_expression await_expression as_expression satisfies_expression non_null_expression "
        "jsx_expression arguments"
    ),
    strings=words("string template_string"),
    patterns=words("object_pattern array_pattern"),
    decorated=words("class_declaration abstract_class_declaration export_statement"),
    components=MappingProxyType({"jsx_element": "open_tag"}),
    markup=words("jsx_element jsx_opening_element jsx_closing_element jsx_self_closing_element jsx_attribute"),
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
    true=words("true"),
    false=words("false"),
    empty=words("null undefined"),
    fails_unless=words("assert assert.ok invariant"),
    never_returns=words("notFound process.exit redirect permanentRedirect"),
    parameters=words("formal_parameters"),
    defaults=words("assignment_pattern object_assignment_pattern"),
    own="this",
)
