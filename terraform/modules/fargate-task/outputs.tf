# Nothing outside needs anything of it.
