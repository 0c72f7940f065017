//! The front end for Calico: `projectcalico.org/v3`, and `crd.projectcalico.org/v1`, the group that Calico stores the
//! same objects in.

pub mod selector;
