//! Sockets, and what is spoken over them.

mod backpressure;
mod broken_off;
mod chat;
mod churn;
mod closing;
#[path = "../common/mod.rs"]
mod common;
mod crowd;
mod errors;
mod fd_limit;
mod halves;
mod peer;
mod race;
mod resets;
mod schedulers;
mod select;
mod slow_client;
mod sockets;
mod tcp;
mod timeouts;
mod tls;
mod turns;
mod udp;
mod unix;
mod virtual_time;
mod web_server;
mod websocket;
