//! The policy file: parse, check, evaluate, explain. Pure.
