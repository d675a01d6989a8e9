"""What the sources of a package say, by griffe: members, parameters, annotations, docstrings."""

import ast
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import griffe

from report.names import living
from report.names.announcements import is_itself
from report.names.bodies import Bodies, Reader, shortened

SKIPPED = {*living.SKIPPED}
VARIADIC = (griffe.ParameterKind.var_positional, griffe.ParameterKind.var_keyword)
OPTIONAL = ("typing.Optional", "Optional")
NOT_ITS_TYPE = ("typing.", "t.", "collections.abc.")


@dataclass
class Sources:
    """What the sources say, by path.

    *members*: the kind of each member of a module or class. *imports*: what a module's name stands for. *parameters*:
    default (or None) by name; *open*: functions that take any keyword. *types*: the class of an attribute
    or of what a function returns; an empty text if an attribute's annotation names no single class.
    """

    bodies: Bodies = field(default_factory=Bodies)
    members: dict[str, dict[str, str]] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, dict[str, str | None]] = field(default_factory=dict)
    bases: dict[str, list[str]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    types: dict[str, str] = field(default_factory=dict)


def read(roots: list[str], site: Path) -> Sources:
    """Read the top-level modules *roots* in the folder *site*, without importing them."""
    logging.getLogger("griffe").setLevel(logging.CRITICAL)  # it reports each annotation that it cannot resolve
    sources = Sources()
    loader = griffe.GriffeLoader(search_paths=[site], allow_inspection=False)
    for root in roots:
        top = loader.load(root)
        add_folders(top, loader)
        for module in modules_of(top):
            read_members(module, sources)
            if isinstance(module.filepath, Path) and module.filepath.exists():
                text = module.filepath.read_text(encoding="utf-8")
                Reader(module.path, sources.bodies).visit(ast.parse(text))
    sources.bodies.finish()
    for path, names in sources.bodies.attributes.items():
        for name in names:
            sources.members.setdefault(path, {}).setdefault(name, "attribute")
    return sources


def add_folders(module: griffe.Object | griffe.Alias, loader: griffe.GriffeLoader) -> None:
    """Add the modules in folders without `__init__.py`, which griffe leaves out."""
    if not isinstance(module, griffe.Module) or not isinstance(module.filepath, Path) or not module.is_init_module:
        return
    for folder in sorted(path for path in module.filepath.parent.iterdir() if path.name.isidentifier()):
        if folder.name in SKIPPED | module.members.keys() or not [*folder.glob("*.py")]:
            continue
        package = griffe.Module(folder.name, filepath=folder / "__init__.py", parent=module)
        module.set_member(folder.name, package)
        for path in sorted(folder.glob("*.py")):
            text = path.read_text(encoding="utf-8")
            package.set_member(path.stem, griffe.visit(
                path.stem, filepath=path, code=text, parent=package,
                modules_collection=loader.modules_collection, lines_collection=loader.lines_collection,
            ))  # fmt: skip


def modules_of(module: griffe.Object | griffe.Alias) -> Iterator[griffe.Module]:
    """A module and all below it, without tests."""
    if isinstance(module, griffe.Module):
        yield module
        for name, child in module.members.items():
            if name not in SKIPPED and isinstance(child, griffe.Module):
                yield from modules_of(child)


def read_members(owner: griffe.Module | griffe.Class, sources: Sources) -> None:
    """Read the members of a module or class, and of its classes."""
    known = sources.members.setdefault(owner.path, {})
    for name, member in owner.members.items():
        if isinstance(member, griffe.Alias):
            sources.imports[f"{owner.path}.{name}"] = member.target_path
        elif not isinstance(member, griffe.Module):
            known[name] = "attribute" if is_property(member) else member.kind.value
            read_member(member, sources)


def is_property(member: griffe.Object) -> bool:
    """Whether a function is what a decorator such as `cached_property` makes an attribute."""
    decorators = member.decorators if isinstance(member, griffe.Function) else ()
    return any(str(item.callable_path).endswith("property") for item in decorators)


def read_member(member: griffe.Object, sources: Sources) -> None:
    """Read a function, a class or an attribute."""
    path = member.path
    if member.docstring and is_itself(member.docstring.value):
        sources.bodies.announced.setdefault(path, member.docstring.value)
    if isinstance(member, griffe.Function) and not is_property(member):
        read_parameters(member, path, sources)
        if found := class_of(member.returns):
            sources.types[path] = found
    elif isinstance(member, griffe.Attribute | griffe.Function):
        found = class_of(member.annotation) or class_of_value(member)
        if found or member.annotation is not None:
            sources.types[path] = found or ""
    elif isinstance(member, griffe.Class):
        read_members(member, sources)
        sources.bases[path] = [expression_path(base) for base in member.bases]
        made = member.members.get("__init__")
        if isinstance(made, griffe.Function):
            read_parameters(made, path, sources)


def read_parameters(function: griffe.Function, path: str, sources: Sources) -> None:
    """Read the parameters of a function without a method's first; `**kwargs` makes it open."""
    is_method = isinstance(function.parent, griffe.Class) and "staticmethod" not in function.labels
    parameters = list(function.parameters)[1 if is_method else 0 :]
    sources.parameters[path] = {
        parameter.name: None if parameter.default is None else shortened(str(parameter.default))
        for parameter in parameters
        if parameter.kind not in VARIADIC and not parameter.name.startswith("_")
    }
    if any(parameter.kind is griffe.ParameterKind.var_keyword for parameter in parameters):
        sources.open.add(path)


def expression_path(expression: str | griffe.Expr) -> str:
    """The full path of the name in an expression."""
    return expression if isinstance(expression, str) else expression.canonical_path


def class_of(annotation: str | griffe.Expr | None) -> str | None:
    """The path of the one class that an annotation names, also if it can be None."""
    if isinstance(annotation, griffe.ExprBinOp):
        sides = [side for side in (annotation.left, annotation.right) if str(side) != "None"]
        return class_of(sides[0]) if len(sides) == 1 else None
    if isinstance(annotation, griffe.ExprSubscript):
        is_optional = expression_path(annotation.left) in OPTIONAL
        return class_of(annotation.slice if is_optional else annotation.left)
    if not isinstance(annotation, griffe.ExprName | griffe.ExprAttribute):
        return None
    path = annotation.canonical_path
    return path if "." in path and not path.startswith(NOT_ITS_TYPE) else None


def class_of_value(attribute: griffe.Attribute | griffe.Function) -> str | None:
    """The class of an attribute that is set to `Class(…)`, or to `self.method(…)` whose annotation names a class."""
    value, owner = getattr(attribute, "value", None), attribute.parent
    if not isinstance(value, griffe.ExprCall) or "class-attribute" in attribute.labels:  # that can be a descriptor
        return None
    name = str(value.function)
    if name.startswith("self.") and isinstance(owner, griffe.Class):
        method = owner.members.get(name.removeprefix("self."))
        return class_of(method.returns) if isinstance(method, griffe.Function) else None
    return class_of(value.function) if name.split(".")[-1][:1].isupper() else None
