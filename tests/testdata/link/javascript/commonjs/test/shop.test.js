const shop = require('..');
const { open } = require('../');
//      ^ resolved/import lib/shop.js:44

describe('shop', () => {
// @1 external external:global#describe
  it('opens', () => {
    open();
    // @5 resolved/call lib/shop.js:44
    shop('x');
    // @5 resolved/call lib/shop.js:12
    shop.open();
    //   ^ resolved/call lib/shop.js:44
    console.log(shop.version);
    //      ^ external external:global#console.log
    //               ^ resolved/read lib/shop.js:43
  });
});

const app = require('./app');
const table = { shop, open };
app;
// @1 resolved/read test/app.js:3
table.open();
//    ^ resolved/call :21 lib/shop.js:44
