//! What is written for other programs.

mod machines;
