/*
 * Where the pages begin.
 */
import { render } from 'preact';
import '../design/tokens.css';
import '../design/base.css';
import { Shell } from './shell.tsx';

const root = document.getElementById('app');
if (root !== null) render(<Shell />, root);
