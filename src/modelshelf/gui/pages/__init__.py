"""One file per page. A page emits what is wanted and never touches the shelf."""
