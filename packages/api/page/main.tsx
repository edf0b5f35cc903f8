import { render } from 'preact';
import './style.css';
import './parts/parts.css';
import { Frame } from './frame.tsx';

render(<Frame />, document.body);
