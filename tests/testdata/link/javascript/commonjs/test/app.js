const make = require('make-app');

const app = module.exports = make();
app.use();
//  ^ external external:make-app#().use
