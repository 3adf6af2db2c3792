'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs/promises');
const path = require('node:path');
const gulp = require('gulp');
const { writeSchemas } = require('./scripts/schemas.cjs');

const DIST = path.join(__dirname, 'dist');
const BUILD = path.join(__dirname, 'build');
const ASSETS = [
	'nodes/**/*.{svg,png}',
	'credentials/**/*.{svg,png}',
	'nodes/**/*.node.json',
];

// The build happens beside dist and replaces it only when it is complete: a compile error leaves the
// last good build in place, and nobody ever loads half a package. (Beneath node_modules the linter
// does not look.)
const staging = path.join(__dirname, 'node_modules', '.cache', 'provisioning', `dist-${process.pid}`);

function run(command, args, options = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd: __dirname, stdio: 'inherit', ...options });
		child.once('error', reject);
		child.once('exit', (code, signal) => {
			if (code === 0) resolve();
			else reject(new Error(`${path.basename(args[0] ?? command)} ended with ${signal ?? code}`));
		});
	});
}

const remove = (target) => fs.rm(target, { recursive: true, force: true });

async function compile() {
	await remove(staging);
	try {
		await run(process.execPath, [require.resolve('typescript/bin/tsc'), '--outDir', staging]);
	} catch (error) {
		await remove(staging);
		throw error;
	}
}

function assets() {
	return gulp.src(ASSETS, { base: '.', encoding: false, allowEmpty: true }).pipe(gulp.dest(staging));
}

async function schemas() {
	await writeSchemas(staging);
}

async function replace() {
	await remove(DIST);
	await fs.rename(staging, DIST);
}

async function clean() {
	await remove(DIST);
	await remove(BUILD);
}

// npm decides from package.json what goes into the tarball, here as for publishing.
async function tarball() {
	await fs.mkdir(BUILD, { recursive: true });
	const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
	await run(npm, ['pack', '--ignore-scripts', '--silent', '--pack-destination', BUILD], {
		shell: process.platform === 'win32',
	});
}

const build = gulp.series(compile, assets, schemas, replace);

exports.build = build;
exports.pack = gulp.series(build, tarball);
exports.tarball = tarball;
exports.clean = clean;
exports.default = build;
