"""The owners' document with our choices written into it: the one place where it is changed."""

from .document import Json, operations
from .facts import UNDOCUMENTED, contradicted

# Objects that the document defines inside a field of another one.
INSIDE = {
    "ScheduleProperties": ("ChainSchedule", "properties"),
    "OutputVariables": ("ChainRunNodeResult", "outputVariables"),
}
WHOLE_NUMBER: Json = {"type": "integer"}
ID: Json = {"$ref": "#/components/schemas/ID"}
ERRORS = "#/components/schemas/"


def patched(document: Json) -> Json:
    """Write every choice of `contradictions`, and the closed list, into the document."""
    allow_nulls(document)
    forget_required_fields(document)
    for _, _, definition in operations(document):
        correct_types(definition)
        add_security(definition)
        forget_other_shapes(definition)
        add_undocumented(definition)
    return document


def allow_nulls(document: Json) -> None:
    for place in contradicted("null"):
        schema, field = place.split(".")
        properties_of(document, schema)[field]["nullable"] = True


def properties_of(document: Json, schema: str) -> Json:
    schemas = document["components"]["schemas"]
    outer, field = INSIDE.get(schema, (schema, None))
    found = schemas[outer]["properties"]
    properties: Json = found if field is None else found[field]["properties"]
    return properties


def forget_required_fields(document: Json) -> None:
    for place in contradicted("required"):
        schema, field = place.split(".")
        for part in document["components"]["schemas"][schema]["allOf"]:
            if field in part.get("required", ()):
                part["required"].remove(field)
                # An empty list of required fields is not allowed in OpenAPI 3.0.
                part["required"] or part.pop("required")


def correct_types(definition: Json) -> None:
    """Ids are text, limits are whole numbers."""
    for one in definition["parameters"]:
        if f"{definition['operationId']}.{one.get('name')}" in contradicted("type"):
            one["schema"] = ID if one["name"].endswith("_id") else WHOLE_NUMBER
            one["example"] = str(one["example"]) if one["schema"] is ID else one["example"]


def add_security(definition: Json) -> None:
    if definition["operationId"] in contradicted("security"):
        definition["security"] = [{"oauth2": []}]


def forget_other_shapes(definition: Json) -> None:
    for place in contradicted("shape"):
        operation, status = place.split(".")
        if operation == definition["operationId"]:
            del definition["responses"][status]


def add_undocumented(definition: Json) -> None:
    """Allow the closed list, in the form of an error; 405 is no answer of an operation."""
    for one in UNDOCUMENTED:
        if one.status != 405 and definition["operationId"] in one.operations:
            schema = {"$ref": ERRORS + one.schema}
            answer = {"description": one.why, "content": {"application/json": {"schema": schema}}}
            definition["responses"].setdefault(str(one.status), answer)
