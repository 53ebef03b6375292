from pathlib import Path

root = Path(__file__).resolve().parents[3]


def notebook_folder(path):
    """Makes `path` a folder that sees the project's packages, whatever lies in the folders above it."""
    (path / "package.json").write_text('{ "private": true }\n')
    modules = path / "node_modules"
    if not modules.exists():
        modules.symlink_to(root / "node_modules", target_is_directory=True)
    return path
