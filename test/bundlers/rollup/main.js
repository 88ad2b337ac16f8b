import { compute } from './party.js';

compute();
