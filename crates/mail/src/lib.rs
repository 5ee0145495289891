//! Bytes to messages and back, threading, reply tokens. Pure.
