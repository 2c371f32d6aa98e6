// Everything goes through Haraka's own outbound queue to the next hop.
'use strict'

{{#retry_seconds}}
exports.register = function () {
    // The settings would refuse less than 5 seconds, and quietly go on with 64, 128, ...
    this.haraka_require('outbound/config').cfg.temp_fail_intervals = Array(100000).fill({{retry_seconds}})
}

{{/retry_seconds}}
exports.hook_rcpt = (next, connection) => {
    connection.relaying = true
    next(OK)
}

{{#relay_port}}
// In order of preference. Named here, so that nobody asks DNS.
exports.hook_get_mx = (next) => {
    const hosts = [{{#relays}}'{{host}}'{{^last}}, {{/last}}{{/relays}}]
    const using_lmtp = {{#relay_lmtp}}true{{/relay_lmtp}}{{^relay_lmtp}}false{{/relay_lmtp}}
    next(OK, hosts.map((exchange, priority) => ({ exchange, priority, port: {{relay_port}}, using_lmtp })))
}
{{/relay_port}}
