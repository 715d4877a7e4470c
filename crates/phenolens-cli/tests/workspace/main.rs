//! The rules of the workspace that a compiler does not hold: layers, absences, lengths, documents.

mod documents;
mod layers;
mod sources;
