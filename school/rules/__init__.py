"""The regulation as pure functions, one small module a subject; each rule cites its clause."""
