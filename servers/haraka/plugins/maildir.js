// Writes a message into the Maildir once for each recipient, and answers the dot when it is on the disk.
'use strict'

const fs = require('node:fs/promises')
const path = require('node:path')

const box = '{{dir}}/mail/box'

async function deliver(content, recipient, name) {
    const file = await fs.open(path.join(box, 'tmp', name), 'w')
    try {
        await file.write(`Delivered-To: ${recipient}\n`)
        await file.write(content)
        await file.sync()
    } finally {
        await file.close()
    }
    await fs.rename(path.join(box, 'tmp', name), path.join(box, 'new', name))
}

exports.hook_rcpt = (next) => next(OK)

exports.hook_queue = (next, connection) => {
    const { message_stream, rcpt_to, uuid } = connection.transaction
    message_stream.get_data({ line_endings: '\n' }, (content) => {
        Promise.all(rcpt_to.map((recipient, i) => deliver(content, recipient.address, `${uuid}.${i}`))).then(
            () => next(OK),
            (error) => next(DENYSOFT, error.message),
        )
    })
}
