// Reads the names of pictures from standard input, one a line, and writes the
// lines of the zone that mrz-detection finds in each.
const readline = require('readline');
const { Image } = require('image-js');
const { getMrz, readMrz } = require('mrz-detection');

async function read(file) {
  const zone = getMrz(await Image.load(file));
  const { mrz } = await readMrz(zone);
  return mrz;
}

(async () => {
  for await (const file of readline.createInterface({ input: process.stdin })) {
    let answer;
    try {
      answer = { lines: await read(file) };
    } catch (error) {
      answer = { error: String(error.message || error) };
    }
    console.log('mrz ' + JSON.stringify(answer));
  }
})();
